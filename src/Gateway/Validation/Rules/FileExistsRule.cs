using System.Text.Json;
using Farm.Contracts.Text;
using Farm.Gateway.Catalog;
using Farm.Gateway.Prompts;

namespace Farm.Gateway.Validation.Rules;

/// <summary>A file that a node must find is there: ComfyUI's own validator of its loading nodes, as data.</summary>
internal sealed class FileExistsRule : INodeRule
{
    public ValueTask<IReadOnlyList<NodeError>> CheckAsync(NodeInspection inspection) =>
        ValueTask.FromResult<IReadOnlyList<NodeError>>([.. Check(inspection.Node, inspection.Inputs, inspection.Catalog)]);

    private static IEnumerable<NodeError> Check(PromptNode node, IReadOnlyList<InputSpec> inputs, CatalogView catalog)
    {
        foreach (var input in inputs)
        {
            if (input.Files is not { MustExist: true } files || !node.Inputs!.TryGetValue(input.Name, out var value))
                continue;
            if (value.ValueKind is JsonValueKind.Array || (value.ValueKind is JsonValueKind.String && catalog.Exists(files, value.GetString()!)))
                continue;
            var kind = files.MediaTypes.IsDefaultOrEmpty ? files.Folder : files.MediaTypes[0];
            yield return NodeError.OfInput(
                "custom_validation_failed", "Custom validation failed for node",
                $"{input.Name} - Invalid {kind} file: {PythonText.Str(value)}", input);
        }
    }
}
