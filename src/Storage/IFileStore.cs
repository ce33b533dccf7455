using Farm.Storage.Hashing;

namespace Farm.Storage;

/// <summary>
/// The farm's files, by name. Writes are atomic: a file is whole or not there. Implementations: local folders, and
/// S3-compatible storage.
/// </summary>
public interface IFileStore
{
    /// <summary>The file's size and time, or null when there is none (a folder is no file).</summary>
    ValueTask<FileEntry?> FindAsync(FileKey key, CancellationToken cancel = default);

    /// <summary>Opens a file for reading, seekable. Throws <see cref="FileNotFoundException"/> when there is none.</summary>
    ValueTask<Stream> OpenReadAsync(FileKey key, CancellationToken cancel = default);

    /// <summary>
    /// Writes a file: <paramref name="write"/> fills a stream, then the file appears under its name. With
    /// <paramref name="overwrite"/> false and the name taken, nothing is written and the result is null.
    /// </summary>
    ValueTask<FileEntry?> WriteAsync(FileKey key, Func<Stream, CancellationToken, Task> write, bool overwrite, CancellationToken cancel = default);

    /// <summary>Removes a file; false when there was none.</summary>
    ValueTask<bool> DeleteAsync(FileKey key, CancellationToken cancel = default);

    /// <summary>Files of an area below <paramref name="folder"/> (empty for all), in ordinal order of their paths.</summary>
    IAsyncEnumerable<FileEntry> ListAsync(FileArea area, string folder, bool recursive, CancellationToken cancel = default);

    /// <summary>A path of this machine at which the file can be mapped into memory; copied there first where the store is remote.</summary>
    ValueTask<string> MaterializeAsync(FileKey key, CancellationToken cancel = default);
}

/// <summary>A file of the store.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">When it was last written.</param>
/// <param name="Hash">Its content's hash, where the store knows it without reading.</param>
public sealed record FileEntry(FileKey Key, long Size, DateTimeOffset ModifiedAt, ContentHash? Hash = null);
