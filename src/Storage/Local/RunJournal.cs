using System.Globalization;
using System.Text;

namespace Farm.Storage.Local;

/// <summary>
/// What an attempt wrote, a line a file, on disk before the file appears. A line holds the file's inode and when it was written, so that
/// a name that was noted but never taken, and then went to another run, is not mistaken for the attempt's own; inodes alone come back.
/// </summary>
internal sealed class RunJournal(string folder)
{
    /// <summary>One noted file.</summary>
    public readonly record struct Line(FileStamp Stamp, FileKey Key);

    /// <summary>Notes a file that is about to appear.</summary>
    public void Note(RunAttempt attempt, FileStamp stamp, FileKey key)
    {
        Directory.CreateDirectory(folder);
        using var file = new FileStream(PathOf(attempt), FileMode.Append, FileAccess.Write, FileShare.Read);
        file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{stamp.Inode} {stamp.WrittenAt} {key.Area} {key.Path}\n")));
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
            var parts = line.Split(' ', 4);
            var stamp = new FileStamp(ulong.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
            lines.Add(new Line(stamp, FileKey.Create(Enum.Parse<FileArea>(parts[2]), parts[3])));
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

/// <summary>What tells a file from another that has its name.</summary>
/// <param name="Inode">Its number in the file system; 0 when there is none.</param>
/// <param name="WrittenAt">Ticks of when it was last written.</param>
internal readonly record struct FileStamp(ulong Inode, long WrittenAt)
{
    /// <summary>The stamp of a path.</summary>
    public static FileStamp Of(string path) => new(Posix.Inode(path), File.GetLastWriteTimeUtc(path).Ticks);
}
