using System.Xml.Linq;

namespace Farm.Architecture.Tests;

/// <summary>The sources as they lie in the repository.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>A project by its folder.</summary>
    public static XDocument Project(string folder) => XDocument.Load(Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj").Single());

    /// <summary>What a project refers to by items of a kind: packages by id, projects by their folder's name.</summary>
    public static IReadOnlyList<string> References(string folder, string kind) =>
    [
        .. from item in Project(folder).Descendants(kind)
           let include = item.Attribute("Include")!.Value
           select kind == "ProjectReference" ? Path.GetFileName(Path.GetDirectoryName(include.Replace('\\', '/')))! : include,
    ];

    /// <summary>The source files below a folder.</summary>
    public static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories);

    /// <summary>The lines of a source that bring in or name a namespace.</summary>
    public static IEnumerable<string> LinesNaming(string source, string space) => File.ReadLines(source)
        .Where(line => line.Contains($"{space}.", StringComparison.Ordinal) || line.Contains($"{space};", StringComparison.Ordinal))
        .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && !line.Contains($"\"{space}", StringComparison.Ordinal));

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Farm.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder;
    }
}
