using System.Globalization;
using System.Text;

namespace Farm.Storage.Local;

/// <summary>
/// What an attempt wrote, a line a file, on disk before the file appears. A line holds the file's inode, so that a name that
/// was noted but never taken, and then went to another run, is not mistaken for the attempt's own.
/// </summary>
internal sealed class RunJournal(string folder)
{
    /// <summary>One noted file.</summary>
    public readonly record struct Line(ulong Inode, FileKey Key);

    /// <summary>Notes a file that is about to appear.</summary>
    public void Note(RunAttempt attempt, ulong inode, FileKey key)
    {
        Directory.CreateDirectory(folder);
        using var file = new FileStream(PathOf(attempt), FileMode.Append, FileAccess.Write, FileShare.Read);
        file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{inode} {key.Area} {key.Path}\n")));
        file.Flush(flushToDisk: key.Area != FileArea.Temp);
    }

    /// <summary>What an attempt noted; a line that its writer died over is left out, as its file never appeared.</summary>
    public IReadOnlyList<Line> Read(RunAttempt attempt)
    {
        var path = PathOf(attempt);
        if (!File.Exists(path))
            return [];
        var text = File.ReadAllText(path);
        var lines = new List<Line>();
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ', 3);
            lines.Add(new Line(ulong.Parse(parts[0], CultureInfo.InvariantCulture), FileKey.Create(Enum.Parse<FileArea>(parts[1]), parts[2])));
        }
        return lines;
    }

    /// <summary>The attempts of a run that have a journal.</summary>
    public IEnumerable<RunAttempt> Attempts(Guid runId)
    {
        if (!Directory.Exists(folder))
            yield break;
        foreach (var path in Directory.EnumerateFiles(folder, $"{runId:N}.*"))
            if (int.TryParse(Path.GetExtension(path.AsSpan())[1..], CultureInfo.InvariantCulture, out var attempt))
                yield return new RunAttempt(runId, attempt);
    }

    /// <summary>Forgets an attempt.</summary>
    public void Remove(RunAttempt attempt)
    {
        if (Directory.Exists(folder))
            File.Delete(PathOf(attempt));
    }

    private string PathOf(RunAttempt attempt) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{attempt.RunId:N}.{attempt.Attempt}"));
}
