using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;

namespace Farm.Storage.S3;

/// <summary>Files in the bucket: a record a name, a blob a content.</summary>
internal sealed class S3FileStore(NameTable names, Blobs blobs, BlobCache cache, IOptions<S3Options> options, TimeProvider time) : IFileStore
{
    public async ValueTask<FileEntry?> FindAsync(FileKey key, CancellationToken cancel = default) => (await names.FindAsync(key, cancel))?.Entry(key);

    public async ValueTask<Stream> OpenReadAsync(FileKey key, CancellationToken cancel = default)
    {
        var blob = await BlobAsync(key, cancel);
        if (blob.Size > options.Value.CachedFileSize && cache.Find(blob, key.Name) is null)
            return new BlobStream(blobs, blob);
        var path = await cache.GetAsync(blobs, blob, key.Name, cancel);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.Asynchronous);
    }

    public async ValueTask<FileEntry?> WriteAsync(
        FileKey key, Func<Stream, CancellationToken, Task> write, bool overwrite, CancellationToken cancel = default)
    {
        var isFolder = await names.AnyAsync(key.Area, key.Path, cancel);
        if (!overwrite && (isFolder || await names.FindAsync(key, cancel) is not null))
            return null;
        // A bucket would take a file and a folder of one name; whoever copies it to folders could not.
        if (isFolder || await IsBelowFileAsync(key, cancel))
            throw new NameConflictException(key.Path);
        var record = NameRecord.Of(await blobs.WriteAsync(write, cancel), time);
        return await names.PutAsync(key, record, overwrite, cancel) ? record.Entry(key) : null;
    }

    public async ValueTask<bool> DeleteAsync(FileKey key, CancellationToken cancel = default)
    {
        if (await names.FindAsync(key, cancel) is not { } record)
            return false;
        await names.RemoveAsync(key, record, cancel);
        return true;
    }

    public async IAsyncEnumerable<FileEntry> ListAsync(FileArea area, string folder, bool recursive, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var start = folder.Trim('/').Length == 0 ? "" : FileKey.Create(area, folder).Path;
        var found = await names.ListAsync(area, start, recursive, cancel);
        await foreach (var file in names.EntriesAsync(found, cancel))
            yield return file;
    }

    public async ValueTask<string> MaterializeAsync(FileKey key, CancellationToken cancel = default) =>
        await cache.GetAsync(blobs, await BlobAsync(key, cancel), key.Name, cancel);

    private async Task<Blob> BlobAsync(FileKey key, CancellationToken cancel) =>
        (await names.FindAsync(key, cancel))?.Blob ?? throw new FileNotFoundException($"There is no file '{key.Path}' in {key.Area}.", key.Path);

    private async Task<bool> IsBelowFileAsync(FileKey key, CancellationToken cancel)
    {
        for (var folder = key.Folder; folder.Length > 0; folder = FileKey.Create(key.Area, folder).Folder)
            if (await names.FindAsync(FileKey.Create(key.Area, folder), cancel) is not null)
                return true;
        return false;
    }
}
