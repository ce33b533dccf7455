using System.Collections.Concurrent;
using Farm.Storage.Hashing;
using Microsoft.Extensions.Options;

namespace Farm.Storage.S3;

/// <summary>
/// Local copies of contents, for what needs a real path or reads often. Several processes may share the folder, and all tenants do: who
/// asks for a content has a name for it.
/// </summary>
internal sealed class BlobCache(DataFolders folders, IOptions<S3Options> options, TimeProvider time) : IDisposable
{
    private const string Partial = ".partial";
    private const int LongestExtension = 16;

    /// <summary>A path that was given out is opened within this time.</summary>
    private static readonly TimeSpan InUse = TimeSpan.FromMinutes(10);

    /// <summary>No download takes this long.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private readonly string _folder = Path.GetFullPath(options.Value.CacheFolder ?? Path.Combine(folders.Private, "cache"));
    private readonly ConcurrentDictionary<string, Lazy<Task>> _downloads = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _clearing = new(1);
    private long _added = long.MaxValue;

    /// <summary>The path of a content's copy if there is one.</summary>
    /// <param name="blob">The content.</param>
    /// <param name="name">The file's name, whose extension the copy has.</param>
    public string? Find(Blob blob, string name)
    {
        var path = PathOf(blob, name);
        try
        {
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
            return path;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The path of a content's copy, which is made from <paramref name="blobs"/> where there is none.</summary>
    public async Task<string> GetAsync(Blobs blobs, Blob blob, string name, CancellationToken cancel)
    {
        if (Find(blob, name) is { } known)
            return known;
        var path = PathOf(blob, name);
        // Whoever gives up waiting does not stop the download for others.
        await _downloads.GetOrAdd(path, _ => new(() => DownloadAsync(blobs, blob, path))).Value.WaitAsync(cancel);
        return path;
    }

    public void Dispose() => _clearing.Dispose();

    private async Task DownloadAsync(Blobs blobs, Blob blob, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var partial = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, Partial)).FullName, $"{Guid.NewGuid():N}");
        try
        {
            await using (var copy = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
            await using (var hashing = new HashingStream(copy))
            {
                await using var content = new BlobStream(blobs, blob);
                await content.CopyToAsync(hashing, CancellationToken.None);
                if (hashing.Hash != blob.Hash)
                    throw new IOException($"The bucket gave {hashing.Hash} for {blob.Hash}.");
            }
            File.SetLastWriteTimeUtc(partial, time.GetUtcNow().UtcDateTime);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
            _downloads.TryRemove(path, out _);
        }
        await MakeRoomAsync(blob.Size);
    }

    /// <summary>Looks what there is after every tenth of the limit that came in, and removes the longest unused copies beyond it.</summary>
    private async Task MakeRoomAsync(long size)
    {
        await _clearing.WaitAsync();
        try
        {
            var limit = options.Value.CacheSize;
            if (_added != long.MaxValue && (_added += size) < limit / 10)
                return;
            _added = 0;
            Clear(limit, time.GetUtcNow().UtcDateTime);
        }
        finally
        {
            _clearing.Release();
        }
    }

    private void Clear(long limit, DateTime now)
    {
        var copies = new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderByDescending(file => file.LastWriteTimeUtc).ToList();
        long kept = 0;
        foreach (var copy in copies)
        {
            var age = now - copy.LastWriteTimeUtc;
            if (copy.Directory!.Name == Partial ? age < Abandoned : age < InUse || kept + copy.Length <= limit)
                kept += copy.Length;
            else
                copy.Delete();
        }
    }

    private string PathOf(Blob blob, string name)
    {
        var extension = Path.GetExtension(name);
        var kept = extension.Length is > 1 and <= LongestExtension && extension.Skip(1).All(char.IsAsciiLetterOrDigit) ? extension : "";
        return Path.Combine(_folder, blob.Hash.Hex[..2], blob.Hash.Hex + kept);
    }
}
