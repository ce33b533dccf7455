using System.Collections.Concurrent;
using System.Collections.Immutable;
using Farm.Storage.Local;
using Microsoft.Extensions.Options;

namespace Farm.Storage;

/// <summary>
/// The files that combos offer. A listing is kept until one of the folders it came from changes, so asking often is cheap and
/// a file that was just added is listed at once; while nothing changes, the very same array is returned.
/// </summary>
public interface IFileCatalog
{
    /// <summary>Makes the listings current where files lie elsewhere; called before a request asks for them.</summary>
    ValueTask RefreshAsync(CancellationToken cancel = default);

    /// <summary>
    /// The files of a model folder, by their names relative to it, subfolders included, sorted; of <c>diffusers</c> its folders of models; null when
    /// <see cref="ModelFolders"/> does not know the name.
    /// </summary>
    ImmutableArray<string>? Models(string folder);

    /// <summary>
    /// The file a name of a model folder stands for, in ComfyUI's order of search; null when there is none. A folder of <c>diffusers</c> stands for
    /// its list of parts, and what lies in it is found by its path.
    /// </summary>
    FileKey? FindModel(string folder, string name);

    /// <summary>
    /// The files at the top of the input folder whose media type is of one of the kinds (<c>image</c>, <c>audio</c>, …; none given
    /// means all), sorted.
    /// </summary>
    ImmutableArray<string> Inputs(ImmutableArray<string> mediaKinds);

    /// <summary>The folders inside the input folder, at any depth, by their paths relative to it, sorted. A bucket has no empty ones.</summary>
    ImmutableArray<string> InputFolders();
}

/// <summary>The catalogue over local folders.</summary>
internal sealed class FileCatalog(DataFolders folders, LinkGuard guard, IOptions<FileStoreOptions> options, TimeProvider time) : IFileCatalog
{
    /// <summary>A time stamp younger than this may stay the same over another change: file systems stamp in ticks of some milliseconds.</summary>
    private static readonly TimeSpan StampTick = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, Listing> _listings = new(StringComparer.Ordinal);

    public ValueTask RefreshAsync(CancellationToken cancel = default) => ValueTask.CompletedTask;

    public ImmutableArray<string>? Models(string folder) => ModelFolders.All.TryGetValue(folder, out var known)
        ? Current($"models/{folder}", entered => LocalPaths(known).SelectMany(path => Names(path, known, entered)))
        : null;

    public FileKey? FindModel(string folder, string name)
    {
        if (!ModelFolders.All.TryGetValue(folder, out var known) || (known.Marker is null && !known.Takes(name)))
            return null;
        foreach (var path in LocalPaths(known))
        {
            if (Find(path, name) is { } key)
                return key;
            if (known.Marker is { } marker && Find(path, $"{name}/{marker}") is { } marked)
                return marked;
        }
        return null;
    }

    private FileKey? Find(ModelPath path, string name) =>
        FileKey.TryCreate(path.Area, out var key, path.Folder, name) && DataFolders.IsInside(key.Path, path.Folder)
        && guard.Resolve(path.Area, key.Path) is { } real && File.Exists(real) ? key : null;

    public ImmutableArray<string> Inputs(ImmutableArray<string> mediaKinds) => Current($"input:{string.Join(',', mediaKinds)}", entered =>
        FolderWalk.Files(guard, FileArea.Input, "", recursive: false, entered)
            .Where(file => mediaKinds.IsEmpty || mediaKinds.Any(kind => MediaTypes.IsKind(file.Name, kind)))
            .Select(file => file.Name));

    public ImmutableArray<string> InputFolders() => Current("input/", entered => FolderWalk.Folders(guard, FileArea.Input, entered));

    private IEnumerable<ModelPath> LocalPaths(ModelFolder kind) =>
        options.Value.Kind is FileStoreKind.Local ? kind.Paths : kind.Paths.Where(path => AreaFileStore.IsLocal(path.Area));

    private IEnumerable<string> Names(ModelPath path, ModelFolder kind, Action<string> entered)
    {
        var root = folders.Of(path.Area, path.Folder);
        if (!Directory.Exists(root))
        {
            // Its parent changes when it comes into being.
            entered(folders.Of(path.Area));
            return [];
        }
        var skipped = path.Folder.Length == 0 ? 0 : path.Folder.Length + 1;
        var files = FolderWalk.Files(guard, path.Area, path.Folder, recursive: true, entered);
        return kind.Marker is { } marker
            ? files.Where(file => file.Name == marker && file.Path.Length > skipped + marker.Length).Select(file => file.Path[skipped..^(marker.Length + 1)])
            : files.Where(file => kind.Takes(file.Name)).Select(file => file.Path[skipped..]);
    }

    private ImmutableArray<string> Current(string key, Func<Action<string>, IEnumerable<string>> scan)
    {
        if (_listings.TryGetValue(key, out var known) && known.IsCurrent())
            return known.Names;
        var stamps = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        var settled = time.GetUtcNow().UtcDateTime - StampTick;
        ImmutableArray<string> names =
            [.. scan(folder => stamps[folder] = Directory.GetLastWriteTimeUtc(folder)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (known is not null && known.Names.SequenceEqual(names, StringComparer.Ordinal))
            names = known.Names;
        _listings[key] = new Listing(names, stamps, stamps.Values.All(stamp => stamp < settled));
        return names;
    }

    /// <summary>What was found, and the time stamps of the folders it was found in.</summary>
    private sealed record Listing(ImmutableArray<string> Names, Dictionary<string, DateTime> Stamps, bool Settled)
    {
        public bool IsCurrent() => Settled && Stamps.All(stamp => Directory.GetLastWriteTimeUtc(stamp.Key) == stamp.Value);
    }
}
