using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Whether a text equals, starts or ends with another.</summary>
internal sealed class StringCompare : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("StringCompare", "Text Compare").In("utils/string").Module("comfy_extras.nodes_string")
        .String("string_a", multiline: true)
        .String("string_b", multiline: true)
        .Combo("mode", ["Starts With", "Ends With", "Equal"])
        .Boolean("case_sensitive", true, options: o => o.Advanced())
        .Output("BOOLEAN");

    protected override NodeResult? Run(NodeCall call)
    {
        var (a, b) = (call.Get<string>("string_a"), call.Get<string>("string_b"));
        if (!call.Get<bool>("case_sensitive")) (a, b) = (PythonString.Lower(a), PythonString.Lower(b));
        return NodeResult.Of(call.Get<string>("mode") switch
        {
            "Starts With" => a.StartsWith(b, StringComparison.Ordinal),
            "Ends With" => a.EndsWith(b, StringComparison.Ordinal),
            _ => a == b,
        });
    }
}
