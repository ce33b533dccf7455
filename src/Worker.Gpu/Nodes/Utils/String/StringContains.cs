using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Whether a text stands in another.</summary>
internal sealed class StringContains : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("StringContains", "Text Contains").In("utils/string").Module("comfy_extras.nodes_string")
        .String("string", multiline: true)
        .String("substring", multiline: true)
        .Boolean("case_sensitive", true, options: o => o.Advanced())
        .Output("BOOLEAN", "contains");

    protected override NodeResult? Run(NodeCall call)
    {
        var (text, part) = (call.Get<string>("string"), call.Get<string>("substring"));
        return NodeResult.Of(call.Get<bool>("case_sensitive")
            ? text.Contains(part, StringComparison.Ordinal)
            : PythonString.Lower(text).Contains(PythonString.Lower(part), StringComparison.Ordinal));
    }
}
