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
        var path = await cache.GetAsync(blob, key.Name, cancel);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.Asynchronous);
    }

    public async ValueTask<FileEntry?> WriteAsync(
        FileKey key, Func<Stream, CancellationToken, Task> write, bool overwrite, CancellationToken cancel = default)
    {
        if (!overwrite && await names.FindAsync(key, cancel) is not null)
            return null;
        await RefuseFolderAsync(key, cancel);
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
        await cache.GetAsync(await BlobAsync(key, cancel), key.Name, cancel);

    private async Task<Blob> BlobAsync(FileKey key, CancellationToken cancel) =>
        (await names.FindAsync(key, cancel))?.Blob ?? throw new FileNotFoundException($"There is no file '{key.Path}' in {key.Area}.", key.Path);

    /// <summary>A bucket would take a file and a folder of one name; whoever copies it to folders could not.</summary>
    private async Task RefuseFolderAsync(FileKey key, CancellationToken cancel)
    {
        if ((await names.ListAsync(key.Area, key.Path, recursive: true, cancel)).Count > 0)
            throw new IOException($"'{key.Path}' is a folder of {key.Area}.");
        for (var folder = key.Folder; folder.Length > 0; folder = FileKey.Create(key.Area, folder).Folder)
            if (await names.FindAsync(FileKey.Create(key.Area, folder), cancel) is not null)
                throw new IOException($"'{folder}' is a file of {key.Area}, not a folder.");
    }
}
