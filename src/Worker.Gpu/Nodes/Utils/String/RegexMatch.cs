using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Whether a pattern is found in a text.</summary>
internal sealed class RegexMatch : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("RegexMatch", "Text Match").In("utils/string").Module("comfy_extras.nodes_string")
        .String("string", multiline: true)
        .String("regex_pattern", multiline: true)
        .Boolean("case_insensitive", true, options: o => o.Advanced())
        .Boolean("multiline", false, options: o => o.Advanced())
        .Boolean("dotall", false, options: o => o.Advanced())
        .Output("BOOLEAN", "matches");

    protected override NodeResult? Run(NodeCall call)
    {
        var regex = PythonRegex.Of(call);
        return NodeResult.Of(regex.Search(call.Get<string>("string")) is not null);
    }
}
