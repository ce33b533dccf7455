using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Farm.Storage.S3;

/// <summary>The catalogue with uploads and models among results in the bucket. Every change there leaves a new mark, which one request compares.</summary>
internal sealed class S3FileCatalog(FileCatalog local, S3Bucket bucket, NameTable names) : IFileCatalog
{
    private const string Inputs = "input";

    /// <summary>The folders of results in which models are looked for.</summary>
    private static readonly ImmutableHashSet<string> ModelResults =
        [.. ModelFolders.All.Values.SelectMany(kind => kind.Paths).Where(path => path.Area == FileArea.Output).Select(path => path.Folder)];

    private readonly ConcurrentDictionary<string, Listing> _listings = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Filtered> _filtered = new(StringComparer.Ordinal);

    /// <summary>The listing that a file is part of; null when nobody keeps one.</summary>
    public static string? ListingOf(FileKey key) => key.Area switch
    {
        FileArea.Input => Inputs,
        FileArea.Output when key.Path.Split('/')[0] is var folder && folder != key.Path && ModelResults.Contains(folder) => folder,
        _ => null,
    };

    public async ValueTask RefreshAsync(CancellationToken cancel = default)
    {
        // A name is written before its mark: a listing made after a mark was seen holds what the mark tells of.
        var marks = new Dictionary<string, (string, DateTime?)>(StringComparer.Ordinal);
        await foreach (var mark in bucket.ListAsync(S3Keys.Changes, cancel))
            marks[mark.Key[S3Keys.Changes.Length..]] = (mark.ETag, mark.LastModified);
        await Task.WhenAll(ModelResults.Add(Inputs).Select(async listing =>
        {
            var mark = marks.GetValueOrDefault(listing);
            if (_listings.TryGetValue(listing, out var known) && known.Mark == mark)
                return;
            var found = listing == Inputs
                ? await names.ListAsync(FileArea.Input, "", recursive: true, cancel)
                : await names.ListAsync(FileArea.Output, listing, recursive: true, cancel);
            _listings[listing] = new Listing(mark, [.. found.Select(name => name.Key)]);
        }));
    }

    public ImmutableArray<string>? Models(string folder)
    {
        if (local.Models(folder) is not { } own)
            return null;
        var kind = ModelFolders.All[folder];
        var saved = kind.Paths.Where(path => path.Area == FileArea.Output).Select(path => (path.Folder, Keys: Listed(path.Folder))).Where(path => path.Keys.Length > 0).ToList();
        if (saved.Count == 0)
            return own;
        return Same($"models/{folder}", [.. own.Concat(saved.SelectMany(path => path.Keys.Where(key => kind.Takes(key.Name)).Select(key => key.Path[(path.Folder.Length + 1)..])))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }

    public FileKey? FindModel(string folder, string name)
    {
        if (local.FindModel(folder, name) is { } own)
            return own;
        if (!ModelFolders.All.TryGetValue(folder, out var kind) || !kind.Takes(name))
            return null;
        foreach (var path in kind.Paths.Where(path => path.Area == FileArea.Output))
            if (FileKey.TryCreate(path.Area, out var key, path.Folder, name) && Listed(path.Folder).Contains(key))
                return key;
        return null;
    }

    ImmutableArray<string> IFileCatalog.Inputs(ImmutableArray<string> mediaKinds) => Same($"input:{string.Join(',', mediaKinds)}",
        [.. Listed(Inputs).Where(key => key.Folder.Length == 0).Select(key => key.Name).Where(name => mediaKinds.IsEmpty || mediaKinds.Any(kind => MediaTypes.IsKind(name, kind)))]);

    public ImmutableArray<string> InputFolders() =>
        Same("input/", [.. Listed(Inputs).SelectMany(Folders).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);

    private static IEnumerable<string> Folders(FileKey key)
    {
        for (var end = key.Path.LastIndexOf('/'); end > 0; end = key.Path.LastIndexOf('/', end - 1))
            yield return key.Path[..end];
    }

    private ImmutableArray<FileKey> Listed(string listing) => _listings.TryGetValue(listing, out var known) ? known.Keys : [];

    /// <summary>The array that was given out before where it is the same.</summary>
    private ImmutableArray<string> Same(string key, ImmutableArray<string> found)
    {
        if (_filtered.TryGetValue(key, out var known) && known.Names.SequenceEqual(found, StringComparer.Ordinal))
            return known.Names;
        _filtered[key] = new Filtered(found);
        return found;
    }

    private sealed record Listing((string, DateTime?) Mark, ImmutableArray<FileKey> Keys);

    private sealed record Filtered(ImmutableArray<string> Names);
}
