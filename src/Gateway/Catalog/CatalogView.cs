using System.Text.Json;
using Farm.Contracts.Catalog;
using Farm.Gateway.Http;
using Farm.Gateway.Prompts;

namespace Farm.Gateway.Catalog;

/// <summary>Classes and files as one request sees them: everything a check may ask is at hand.</summary>
internal sealed class CatalogView
{
    private readonly NodeCatalog _catalog;
    private readonly Dictionary<FileChoices, IReadOnlyList<JsonElement>> _lists = [];
    private readonly HashSet<(string Folder, string Name)> _existing = [];

    public CatalogView(NodeCatalog catalog) => _catalog = catalog;

    /// <summary>The view for a graph: lists the folders of its file combos, looks for the files that must exist.</summary>
    public static async Task<CatalogView> LoadAsync(NodeCatalog catalog, FileCombos files, PromptGraph graph, CancellationToken cancel)
    {
        var view = new CatalogView(catalog);
        var isCurrent = false;
        foreach (var node in graph.Nodes)
        {
            if (catalog.Find(node.ClassType) is not { } spec || node.Inputs is null)
                continue;
            foreach (var input in spec.Inputs)
            {
                if (input.Files is not { } choices || !node.Inputs.TryGetValue(input.Name, out var value))
                    continue;
                if (!isCurrent)
                    await files.RefreshAsync(cancel);
                isCurrent = true;
                if (choices.MustExist)
                    await view.LookAsync(files, choices, value, cancel);
                else if (!view._lists.ContainsKey(choices))
                    view._lists[choices] = [.. files.Choices(choices).Select(JsonText.String)];
            }
        }
        return view;
    }

    /// <summary>The class of that name, or null.</summary>
    public NodeSpec? Find(string classType) => _catalog.Find(classType);

    /// <summary>The choices of a file combo.</summary>
    public IReadOnlyList<JsonElement> FilesOf(FileChoices choices) => _lists.GetValueOrDefault(choices) ?? [];

    /// <summary>Whether a file that must exist does.</summary>
    public bool Exists(FileChoices choices, string name) => _existing.Contains((choices.Folder, name));

    /// <summary>Gives a combo its files without a store.</summary>
    internal CatalogView With(FileChoices choices, params string[] names)
    {
        _lists[choices] = [.. names.Select(JsonText.String)];
        foreach (var name in names)
            _existing.Add((choices.Folder, name));
        return this;
    }

    private async Task LookAsync(FileCombos files, FileChoices choices, JsonElement value, CancellationToken cancel)
    {
        var literal = value.Member("__value__") ?? value;
        if (literal.ValueKind is JsonValueKind.String && literal.GetString() is { } name && await files.ExistsAsync(choices, name, cancel))
            _existing.Add((choices.Folder, name));
    }
}
