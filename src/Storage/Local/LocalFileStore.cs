namespace Farm.Storage.Local;

/// <summary>Files in local folders or on a shared volume, under their real names.</summary>
internal sealed class LocalFileStore(DataFolders folders, LinkGuard guard, Staging staging) : IFileStore
{
    public ValueTask<FileEntry?> FindAsync(FileKey key, CancellationToken cancel = default) => new(Find(key));

    public ValueTask<Stream> OpenReadAsync(FileKey key, CancellationToken cancel = default)
    {
        var path = RealPath(key);
        try
        {
            return new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.Asynchronous));
        }
        catch (Exception error) when (error is DirectoryNotFoundException or UnauthorizedAccessException && !File.Exists(path))
        {
            throw Missing(key);
        }
    }

    public async ValueTask<FileEntry?> WriteAsync(
        FileKey key, Func<Stream, CancellationToken, Task> write, bool overwrite, CancellationToken cancel = default)
    {
        var path = guard.Resolve(key.Area, key.Path) ?? throw new UnsafeFileNameException(key.Path);
        if (!overwrite && Path.Exists(path))
            return null;
        if (Directory.Exists(path) || IsBelowFile(path))
            throw new NameConflictException(key.Path);
        var staged = await staging.FillAsync(key.Area, Path.GetDirectoryName(path)!, $"{Guid.NewGuid():N}", write, cancel);
        try
        {
            // Looked at before it appears: from then on others may replace or remove it.
            var written = Entry(key, new FileInfo(staged));
            return Staging.Publish(staged, path, overwrite) ? written : null;
        }
        finally
        {
            File.Delete(staged);
        }
    }

    public ValueTask<bool> DeleteAsync(FileKey key, CancellationToken cancel = default)
    {
        if (Find(key) is null)
            return new(false);
        File.Delete(folders.Of(key));
        return new(true);
    }

    public async IAsyncEnumerable<FileEntry> ListAsync(
        FileArea area, string folder, bool recursive, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel = default)
    {
        var start = "";
        if (folder.Trim('/').Length > 0)
            start = FileKey.Create(area, folder).Path;
        var files = await Task.Run(() => FolderWalk.Files(guard, area, start, recursive).OrderBy(file => file.Path, StringComparer.Ordinal).ToList(), cancel);
        foreach (var file in files)
        {
            cancel.ThrowIfCancellationRequested();
            // A name that came from elsewhere and breaks the rules cannot be asked for either.
            if (FileKey.TryCreate(area, out var key, file.Path))
                yield return new FileEntry(key, file.Size, file.ModifiedAt);
        }
    }

    public ValueTask<string> MaterializeAsync(FileKey key, CancellationToken cancel = default) => new(RealPath(key));

    private static bool IsBelowFile(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        while (!Directory.Exists(folder) && !File.Exists(folder))
            folder = Path.GetDirectoryName(folder)!;
        return File.Exists(folder);
    }

    private FileEntry? Find(FileKey key) =>
        guard.Resolve(key.Area, key.Path) is { } path && new FileInfo(path) is { Exists: true } file ? Entry(key, file) : null;

    private string RealPath(FileKey key) => guard.Resolve(key.Area, key.Path) is { } path && File.Exists(path) ? path : throw Missing(key);

    private static FileEntry Entry(FileKey key, FileInfo file) => new(key, file.Length, new DateTimeOffset(file.LastWriteTimeUtc));

    private static FileNotFoundException Missing(FileKey key) => new($"There is no file '{key.Path}' in {key.Area}.", key.Path);
}
