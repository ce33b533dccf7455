using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Any value as text.</summary>
internal sealed class PreviewAny : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("PreviewAny", "Preview as Text").In("utils").Module("comfy_extras.nodes_preview_any")
        .OutputNode()
        .Input("source", "*", options: o => o.Tooltip("The value to show."))
        .Output("STRING");

    protected override NodeResult? Run(NodeCall call)
    {
        var text = Text(call.Value("source"));
        return NodeResult.WithUi(new UiOutput().AddText(text), text);
    }

    private static string Text(object? value)
    {
        if (value is null or string or bool or long or int or double or System.Numerics.BigInteger) return PythonValue.Str(value);
        return IndentedJson.TryWrite(value) ?? PythonValue.Str(value);
    }
}
