using Farm.Storage.Hashing;
using Farm.Storage.Local;

namespace Farm.Storage.S3;

/// <summary>The bucket knows the names of its contents by itself; files of local areas are noted as local stores do.</summary>
internal sealed class S3ContentIndex(NameTable names, LocalContentIndex local) : IContentIndex
{
    public ValueTask AddAsync(ContentHash hash, FileEntry file, CancellationToken cancel = default) =>
        AreaFileStore.IsLocal(file.Key.Area) ? local.AddAsync(hash, file, cancel) : ValueTask.CompletedTask;

    public async ValueTask<FileEntry?> FindAsync(ContentHash hash, CancellationToken cancel = default)
    {
        // The oldest reference comes first. What users keep for themselves is nobody's to find.
        await foreach (var reference in names.ReferencesAsync(hash, cancel))
            if (reference is { Record: { } record, Key.Area: not FileArea.User })
                return record.Entry(reference.Key);
        return await local.FindAsync(hash, cancel);
    }
}
