namespace Farm.Storage.Hashing;

/// <summary>Which files hold a content: the hash index beside the files. A file that was changed or removed since drops out by itself.</summary>
public interface IContentIndex
{
    /// <summary>Notes that a file holds a content.</summary>
    ValueTask AddAsync(ContentHash hash, FileEntry file, CancellationToken cancel = default);

    /// <summary>A file that holds the content and has not changed since it was noted, the first noted; null when there is none.</summary>
    ValueTask<FileEntry?> FindAsync(ContentHash hash, CancellationToken cancel = default);
}
