using System.Globalization;

namespace Farm.Storage.Local;

/// <summary>Numbered files of runs in local folders: numbers drawn under the folder's lock, every file journalled before it appears.</summary>
internal sealed class LocalRunFiles(DataFolders folders, LinkGuard guard, Staging staging) : IRunFiles
{
    private readonly RunJournal _journal = new(Path.Combine(folders.Private, "runs"));
    private readonly string _counters = Path.Combine(folders.Private, "counters");

    public async ValueTask<FileEntry> WriteNextAsync(
        RunAttempt attempt, FileSeries series, string suffix, Func<Stream, CancellationToken, Task> write, long lowest = 1, CancellationToken cancel = default)
    {
        // The name's parts are checked before anything is written; the number cannot make them unsafe.
        var first = Name(series, 1, suffix);
        if (first.Path.Contains('\n') || series.Prefix.Contains('/') || suffix.Contains('/') || guard.Resolve(series.Area, first.Folder) is not { } folder)
            throw new UnsafeFileNameException(first.Path);
        var staged = await staging.FillAsync(series.Area, folder, StagedName(attempt), write, cancel);
        try
        {
            return await Task.Run(() => Publish(attempt, series, suffix, staged, folder, lowest), CancellationToken.None);
        }
        finally
        {
            File.Delete(staged);
        }
    }

    public async ValueTask<FileEntry?> WriteNewAsync(
        RunAttempt attempt, FileKey key, Func<Stream, CancellationToken, Task> write, CancellationToken cancel = default)
    {
        if (key.Path.Contains('\n') || guard.Resolve(key.Area, key.Path) is not { } path)
            throw new UnsafeFileNameException(key.Path);
        if (Path.Exists(path))
            return null;
        var staged = await staging.FillAsync(key.Area, Path.GetDirectoryName(path)!, StagedName(attempt), write, cancel);
        try
        {
            _journal.Note(attempt, FileStamp.Of(staged), key);
            return Staging.Publish(staged, path, overwrite: false) ? Entry(key, path) : null;
        }
        finally
        {
            File.Delete(staged);
        }
    }

    public ValueTask DiscardEarlierAsync(RunAttempt attempt, CancellationToken cancel = default) =>
        attempt.Attempt <= 1 ? ValueTask.CompletedTask : new(Task.Run(() => DiscardBefore(attempt), cancel));

    public ValueTask DiscardAsync(RunAttempt attempt, CancellationToken cancel = default) => new(Task.Run(() => Discard(attempt), cancel));

    public async ValueTask KeepAsync(RunAttempt attempt, CancellationToken cancel = default)
    {
        _journal.Remove(attempt);
        // An earlier attempt that was thought dead may have written on until it was fenced off.
        await DiscardEarlierAsync(attempt, cancel);
    }

    private FileEntry Publish(RunAttempt attempt, FileSeries series, string suffix, string staged, string folder, long lowest)
    {
        var stamp = FileStamp.Of(staged);
        using var counters = FolderCounters.Open(_counters, folder);
        while (true)
        {
            var number = Math.Max(counters.Next(series.Prefix), lowest);
            var key = Name(series, number, suffix);
            var path = Path.Combine(folder, key.Name);
            counters.Drawn(series.Prefix, number);
            if (Path.Exists(path))
                continue;
            _journal.Note(attempt, stamp, key);
            if (!Staging.Publish(staged, path, overwrite: false))
                continue;
            return Entry(key, path);
        }
    }

    private static FileEntry Entry(FileKey key, string path)
    {
        var file = new FileInfo(path);
        return new FileEntry(key, file.Length, new DateTimeOffset(file.LastWriteTimeUtc));
    }

    private void DiscardBefore(RunAttempt attempt)
    {
        foreach (var earlier in _journal.Attempts(attempt.RunId).Where(other => other.Attempt < attempt.Attempt))
            Discard(earlier);
        for (var earlier = 1; earlier < attempt.Attempt; earlier++)
            staging.Clear(StagedPrefix(attempt with { Attempt = earlier }) + "*");
    }

    private void Discard(RunAttempt attempt)
    {
        foreach (var (stamp, key) in _journal.Read(attempt))
            Remove(stamp, key);
        staging.Clear(StagedPrefix(attempt) + "*");
        _journal.Remove(attempt);
    }

    /// <summary>Removes a file if it is still the one that was written; the folder's counters then start from what is left.</summary>
    private void Remove(FileStamp stamp, FileKey key)
    {
        if (guard.Resolve(key.Area, key.Folder) is not { } folder || !Directory.Exists(folder))
            return;
        using var counters = FolderCounters.Open(_counters, folder);
        var path = Path.Combine(folder, key.Name);
        if (FileStamp.Of(path) != stamp)
            return;
        File.Delete(path);
        counters.Reset();
    }

    private static FileKey Name(FileSeries series, long number, string suffix) =>
        FileKey.Create(series.Area, series.Folder, string.Create(CultureInfo.InvariantCulture, $"{series.Prefix}_{number:D5}_{suffix}"));

    private static string StagedName(RunAttempt attempt) => $"{StagedPrefix(attempt)}{Guid.NewGuid():N}";

    private static string StagedPrefix(RunAttempt attempt) => string.Create(CultureInfo.InvariantCulture, $"{attempt.RunId:N}.{attempt.Attempt}.");
}
