namespace Farm.Storage;

/// <summary>The absolute paths of the data root and the areas on this machine.</summary>
public sealed class DataFolders
{
    private readonly string[] _areas;

    internal DataFolders(StorageOptions options)
    {
        Root = Path.GetFullPath(options.Root);
        string?[] own = [options.Input, options.Output, options.Temp, options.User, options.Models, options.CustomNodes];
        string[] names = ["input", "output", "temp", "user", "models", "custom_nodes"];
        _areas = [.. own.Zip(names, (path, name) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(string.IsNullOrWhiteSpace(path) ? Path.Combine(Root, name) : path)))];
        LinkTargets = [.. options.LinkTargets.Select(Path.TrimEndingDirectorySeparator)];
    }

    /// <summary>The data root.</summary>
    public string Root { get; }

    /// <summary>Where the farm keeps its own notes: journals, counters, hashes, the lock.</summary>
    public string Private => Path.Combine(Root, ".farm");

    internal IReadOnlyList<string> LinkTargets { get; }

    /// <summary>The folder of an area.</summary>
    public string Of(FileArea area) => _areas[(int)area];

    /// <summary>The path of a file.</summary>
    public string Of(FileKey key) => Path.Combine(Of(key.Area), key.Path);

    /// <summary>The path of a folder of an area; empty for the area's own.</summary>
    public string Of(FileArea area, string folder) => folder.Length == 0 ? Of(area) : Path.Combine(Of(area), folder);

    /// <summary>Makes the folders that users put files into, of those areas that lie in folders.</summary>
    internal void Create(Func<FileArea, bool> isLocal)
    {
        Directory.CreateDirectory(Private);
        foreach (var area in Enum.GetValues<FileArea>().Where(isLocal))
            Directory.CreateDirectory(Of(area));
        foreach (var path in ModelFolders.All.Values.SelectMany(folder => folder.Paths).Where(path => path.Area == FileArea.Models))
            Directory.CreateDirectory(Of(path.Area, path.Folder));
    }

    /// <summary>Whether a path is a folder or lies in it; both absolute.</summary>
    internal static bool IsInside(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || folder.EndsWith('/') || path[folder.Length] == '/');
}
