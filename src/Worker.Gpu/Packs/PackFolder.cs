namespace Farm.Worker.Packs;

/// <summary>The layout of a pack's folder.</summary>
internal static class PackFolder
{
    /// <summary>
    /// The pack's own assembly among its libraries: the one with a <c>.deps.json</c> beside it, as <c>dotnet publish</c> writes it, else
    /// the only <c>.dll</c>.
    /// </summary>
    public static string FindAssembly(string folder)
    {
        string[] assemblies = [.. Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal)];
        string[] described = [.. assemblies.Where(path => File.Exists(Path.ChangeExtension(path, ".deps.json")))];
        return (described, assemblies) switch
        {
            ([var only], _) => only,
            ([], [var only]) => only,
            ([], []) => throw new PackException("its folder holds no .dll"),
            ([], _) => throw new PackException($"its folder holds {assemblies.Length} .dll files and no .deps.json that would tell the pack's own"),
            _ => throw new PackException($"its folder holds {described.Length} assemblies with a .deps.json; a pack is one"),
        };
    }
}
