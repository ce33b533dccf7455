namespace Farm.Storage;

/// <summary>
/// Files that a run writes. What an attempt wrote is noted before it becomes visible, so that the files of an attempt that
/// died or was fenced off can be removed and a retry writes the same names again.
/// </summary>
public interface IRunFiles
{
    /// <summary>
    /// Writes the next numbered file of a series: <c>{prefix}_{counter:05}_{suffix}</c> in a folder, where the counter is one
    /// above the highest of the series and no two writers ever get the same.
    /// </summary>
    /// <param name="attempt">The attempt that writes.</param>
    /// <param name="series">Area, folder and prefix of the file's name.</param>
    /// <param name="suffix">What follows the counter, such as <c>.png</c>; ComfyUI's names have <c>_</c> before it.</param>
    /// <param name="write">Fills the file.</param>
    /// <param name="lowest">The least number to take, for files of several series that count on together.</param>
    /// <param name="cancel">Gives up.</param>
    ValueTask<FileEntry> WriteNextAsync(
        RunAttempt attempt, FileSeries series, string suffix, Func<Stream, CancellationToken, Task> write, long lowest = 1, CancellationToken cancel = default);

    /// <summary>Writes a file under a name of its own; null, and nothing written, when the name is taken.</summary>
    ValueTask<FileEntry?> WriteNewAsync(RunAttempt attempt, FileKey key, Func<Stream, CancellationToken, Task> write, CancellationToken cancel = default);

    /// <summary>Removes what earlier attempts of the run left behind; called before an attempt begins.</summary>
    ValueTask DiscardEarlierAsync(RunAttempt attempt, CancellationToken cancel = default);

    /// <summary>Removes what this attempt wrote; called when it turns out to be fenced off.</summary>
    ValueTask DiscardAsync(RunAttempt attempt, CancellationToken cancel = default);

    /// <summary>Keeps what this attempt wrote; called when its result is committed.</summary>
    ValueTask KeepAsync(RunAttempt attempt, CancellationToken cancel = default);
}

/// <summary>One attempt of one run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Attempt">Its attempt, from 1.</param>
public readonly record struct RunAttempt(Guid RunId, int Attempt);

/// <summary>A series of numbered files.</summary>
/// <param name="Area">Output or temp.</param>
/// <param name="Folder">Folder inside the area; empty for its root.</param>
/// <param name="Prefix">The name before the counter.</param>
public readonly record struct FileSeries(FileArea Area, string Folder, string Prefix);
