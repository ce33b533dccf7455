namespace Farm.Storage.Local;

/// <summary>Follows symbolic links below an area and refuses those that lead out of it, unless the operator named their target.</summary>
internal sealed class LinkGuard(DataFolders folders)
{
    private const int MostLinks = 40;

    /// <summary>The real path of a name of an area; null when a link on its way leads out, in a circle or nowhere allowed.</summary>
    public string? Resolve(FileArea area, string path)
    {
        var root = folders.Of(area);
        return Follow(root, path, root, MostLinks);
    }

    private string? Follow(string root, string path, string area, int linksLeft)
    {
        var real = root;
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < parts.Length; i++)
        {
            real = Path.Combine(real, parts[i]);
            if (new FileInfo(real).LinkTarget is not { } link)
                continue;
            var target = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(real)!, link));
            if (linksLeft == 0 || Allowed(target, area) is not { } home)
                return null;
            var rest = string.Join('/', parts[(i + 1)..]);
            return Follow(home, Path.GetRelativePath(home, target) is "." ? rest : $"{Path.GetRelativePath(home, target)}/{rest}", area, linksLeft - 1);
        }
        return real;
    }

    private string? Allowed(string target, string area) =>
        DataFolders.IsInside(target, area) ? area : folders.LinkTargets.FirstOrDefault(folder => DataFolders.IsInside(target, folder));
}
