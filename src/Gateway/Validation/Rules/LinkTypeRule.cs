using System.Text.Json;
using Farm.Contracts.Catalog;
using Farm.Contracts.Text;
using Farm.Gateway.Catalog;
using Farm.Gateway.Prompts;

namespace Farm.Gateway.Validation.Rules;

/// <summary>A link comes from a slot whose type the input takes.</summary>
internal sealed class LinkTypeRule : IInputRule
{
    public NodeError? Check(InputCheck check)
    {
        if (!check.IsLink)
            return null;
        var link = check.Value;
        var received = TypeAt(Source(check), check.Catalog, link[1]);
        if (check.NodeSpec.Definition.Is(NodeTraits.ValidatesTypes) || check.Input.Type.Accepts(received))
            return null;
        var details = $"{check.Input.Name}, received_type({received}) mismatch input_type({check.Input.Type})";
        return NodeError.OfInput("return_type_mismatch", "Return type mismatch between linked nodes", details, check.Input, writer =>
        {
            NodeError.WriteConfig(writer, check.Input);
            writer.WritePropertyName("received_type");
            received.Write(writer);
            writer.WritePropertyName("linked_node");
            link.WriteTo(writer);
        });
    }

    /// <summary>The node a link comes from. Throws <see cref="NodeCheckException"/> where there is none.</summary>
    public static PromptNode Source(InputCheck check)
    {
        var id = check.Value[0];
        if (id.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
            throw new NodeCheckException("TypeError", $"unhashable type: '{PythonEquality.TypeName(id)}'");
        return id.ValueKind is JsonValueKind.String && check.Graph.Find(id.GetString()!) is { } source
            ? source
            : throw new NodeCheckException("KeyError", PythonText.Repr(id));
    }

    private static LinkType TypeAt(PromptNode source, CatalogView catalog, JsonElement slot)
    {
        var spec = catalog.Find(source.ClassType)!;
        var sequence = spec.Definition.Style is NodeStyle.V3 ? "list" : "tuple";
        if (PythonEquality.Integer(slot) is not { } index)
            throw new NodeCheckException("TypeError", $"{sequence} indices must be integers or slices, not {PythonEquality.TypeName(slot)}");
        var count = spec.Outputs.Count;
        var at = index < 0 ? index + count : index;
        return at >= 0 && at < count ? spec.Outputs[(int)at] : throw new NodeCheckException("IndexError", $"{sequence} index out of range");
    }
}
