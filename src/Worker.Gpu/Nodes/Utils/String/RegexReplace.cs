using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Replaces what a pattern finds; the replacement may refer to groups.</summary>
internal sealed class RegexReplace : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("RegexReplace", "Text Replace (Regex)").In("utils/string").Module("comfy_extras.nodes_string")
        .String("string", multiline: true)
        .String("regex_pattern", multiline: true)
        .String("replace", multiline: true)
        .OptionalInputs()
        .Boolean("case_insensitive", true, options: o => o.Advanced())
        .Boolean("multiline", false, options: o => o.Advanced())
        .Boolean("dotall", false, options: o => o.Advanced())
        .Int("count", 0, 0, 100, options: o => o.Advanced())
        .Output("STRING");

    protected override NodeResult? Run(NodeCall call)
    {
        var regex = PythonRegex.Of(call);
        return NodeResult.Of(regex.Replace(call.Get<string>("string"), call.Get<string>("replace"), call.Get("count", 0)));
    }
}
