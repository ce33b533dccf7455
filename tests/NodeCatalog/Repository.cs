using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Farm.NodeCatalog;

/// <summary>The working tree that the tool runs in.</summary>
internal static class Repository
{
    private const string Fixtures = "tests/Worker.Gpu.Tests/Fixtures";

    /// <summary>The folder of the solution file.</summary>
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Farm.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tool must run inside the repository.");
    }

    /// <summary>Classes that the tests of the worker hold against results recorded from ComfyUI: single nodes, runs of models and whole workflows.</summary>
    public static IReadOnlySet<string> RecordedClasses(string root)
    {
        var nodes = Path.Combine(root, Fixtures, "Nodes");
        var single = new[] { "cases-1.json.br", "cases-2.json.br" }.SelectMany(name => Cases(Path.Combine(nodes, name)));
        var workflows = Directory.EnumerateFiles(Path.Combine(root, Fixtures, "Workflows"), "*.json")
            .SelectMany(file => JsonNode.Parse(File.ReadAllText(file))!["prompt"]!.AsObject().Select(node => (string)node.Value!["class_type"]!));
        var models = JsonNode.Parse(File.ReadAllText(Path.Combine(root, Fixtures, "Models", "cases.json")))!.AsArray().Select(recorded => (string)recorded!["class_type"]!);
        return single.Concat(workflows).Concat(models).ToHashSet(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Cases(string file)
    {
        using var unpacked = new BrotliStream(File.OpenRead(file), CompressionMode.Decompress);
        return [.. JsonNode.Parse(unpacked)!.AsArray().Select(recorded => (string)recorded!["class_type"]!)];
    }
}
