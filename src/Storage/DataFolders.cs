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
        Tenants = Path.TrimEndingDirectorySeparator(Path.GetFullPath(string.IsNullOrWhiteSpace(options.Tenants) ? Path.Combine(Root, "tenants") : options.Tenants));
        Private = Path.Combine(Root, ".farm");
    }

    private DataFolders(DataFolders farm, string tenant)
    {
        (Root, Tenants, LinkTargets) = (farm.Root, farm.Tenants, farm.LinkTargets);
        Private = Path.Combine(farm.Private, "tenants", tenant);
        _areas = [.. Enum.GetValues<FileArea>().Select(area => IsShared(area) ? farm.Of(area) : Path.Combine(Tenants, tenant, area.ToString().ToLowerInvariant()))];
    }

    /// <summary>The data root.</summary>
    public string Root { get; }

    /// <summary>Where the farm keeps its own notes: journals, counters, hashes, the lock.</summary>
    public string Private { get; }

    /// <summary>Where every tenant but <see cref="TenantName.Default"/> has a folder with areas of its own.</summary>
    public string Tenants { get; }

    internal IReadOnlyList<string> LinkTargets { get; }

    /// <summary>Whether an area is the farm's own and the same for all tenants.</summary>
    public static bool IsShared(FileArea area) => area is FileArea.Models or FileArea.CustomNodes;

    /// <summary>The folders of a tenant: these for <see cref="TenantName.Default"/>, for any other its own beside them.</summary>
    public DataFolders For(string tenant) => tenant == TenantName.Default ? this : new DataFolders(this, tenant);

    /// <summary>The tenants that have a folder.</summary>
    public IEnumerable<string> TenantNames() => Directory.Exists(Tenants)
        ? Directory.EnumerateDirectories(Tenants).Select(folder => Path.GetFileName(folder)).Where(name => TenantName.IsAllowed(name) && name != TenantName.Default).Order(StringComparer.Ordinal)
        : [];

    /// <summary>The folder of an area.</summary>
    public string Of(FileArea area) => _areas[(int)area];

    /// <summary>The path of a file.</summary>
    public string Of(FileKey key) => Path.Combine(Of(key.Area), key.Path);

    /// <summary>The path of a folder of an area; empty for the area's own.</summary>
    public string Of(FileArea area, string folder) => folder.Length == 0 ? Of(area) : Path.Combine(Of(area), folder);

    /// <summary>Whether a file or a folder on the way to it is a symbolic link; false too where the area does not lie on this machine.</summary>
    public bool IsBehindLink(FileKey key)
    {
        var path = Of(key.Area);
        foreach (var part in key.Path.Split('/'))
        {
            path = Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is not null)
                return true;
        }
        return false;
    }

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
