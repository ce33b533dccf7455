using Farm.Storage.Local;
using Farm.Storage.S3;

namespace Farm.Storage;

/// <summary>
/// The files of a farm with S3 storage: what users and prompts write lies in the bucket; models and node packs, which are mapped into
/// memory and loaded by path, in local folders.
/// </summary>
internal sealed class AreaFileStore(LocalFileStore local, S3FileStore remote) : IFileStore
{
    /// <summary>Whether an area lies in local folders beside a bucket too.</summary>
    public static bool IsLocal(FileArea area) => DataFolders.IsShared(area);

    public ValueTask<FileEntry?> FindAsync(FileKey key, CancellationToken cancel = default) => Of(key.Area).FindAsync(key, cancel);

    public ValueTask<Stream> OpenReadAsync(FileKey key, CancellationToken cancel = default) => Of(key.Area).OpenReadAsync(key, cancel);

    public ValueTask<FileEntry?> WriteAsync(FileKey key, Func<Stream, CancellationToken, Task> write, bool overwrite, CancellationToken cancel = default) =>
        Of(key.Area).WriteAsync(key, write, overwrite, cancel);

    public ValueTask<bool> DeleteAsync(FileKey key, CancellationToken cancel = default) => Of(key.Area).DeleteAsync(key, cancel);

    public IAsyncEnumerable<FileEntry> ListAsync(FileArea area, string folder, bool recursive, CancellationToken cancel = default) =>
        Of(area).ListAsync(area, folder, recursive, cancel);

    public ValueTask<string> MaterializeAsync(FileKey key, CancellationToken cancel = default) => Of(key.Area).MaterializeAsync(key, cancel);

    private IFileStore Of(FileArea area) => IsLocal(area) ? local : remote;
}
