using System.Collections.Immutable;
using System.Text.Json;
using Farm.Gateway.Catalog;
using Farm.Storage;

namespace Farm.Gateway.Prompts;

/// <summary>The model files that a graph names in the combos of its nodes, as the catalogue declares them.</summary>
internal static class ModelFiles
{
    /// <summary>The folder of uploads, whose files are no models.</summary>
    internal const string InputFolder = "input";

    /// <summary>Files as <c>folder/name</c>, sorted, and their bytes together.</summary>
    public static async ValueTask<(ImmutableArray<string> Names, long Bytes)> InAsync(PromptGraph graph, CatalogView view, TenantFiles own, CancellationToken cancel)
    {
        var files = new SortedDictionary<string, FileKey>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            if (node.Inputs is null || view.Find(node.ClassType) is not { } spec)
                continue;
            foreach (var input in spec.Inputs)
            {
                if (input.Files is { Folder: not InputFolder } choices && node.Inputs.TryGetValue(input.Name, out var value)
                    && value.ValueKind is JsonValueKind.String && own.Catalog.FindModel(choices.Folder, value.GetString()!) is { } key)
                    files[$"{choices.Folder}/{value.GetString()}"] = key;
            }
        }
        var bytes = 0L;
        foreach (var key in files.Values)
            bytes += (await own.Store.FindAsync(key, cancel))?.Size ?? 0;
        return ([.. files.Keys], bytes);
    }
}
