using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>What a pattern finds in a text: the first or all matches, whole or one group of each; several stand on lines of their own.</summary>
internal sealed class RegexExtract : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("RegexExtract", "Text Extract Substring").In("utils/string").Module("comfy_extras.nodes_string")
        .String("string", multiline: true)
        .String("regex_pattern", multiline: true)
        .Combo("mode", ["First Match", "All Matches", "First Group", "All Groups"])
        .Boolean("case_insensitive", true, options: o => o.Advanced())
        .Boolean("multiline", false, options: o => o.Advanced())
        .Boolean("dotall", false, options: o => o.Advanced())
        .Int("group_index", 1, 0, 100, options: o => o.Advanced())
        .Output("STRING");

    protected override NodeResult? Run(NodeCall call)
    {
        var regex = PythonRegex.Of(call);
        var (text, group) = (call.Get<string>("string"), call.Get<long>("group_index"));
        return NodeResult.Of(call.Get<string>("mode") switch
        {
            "First Match" => regex.Search(text)?.Value ?? "",
            "All Matches" => string.Join('\n', regex.FindAll(text).Select(match => match.Value)),
            "First Group" => regex.Search(text) is { } match ? regex.Group(match, group) : "",
            _ => string.Join('\n', regex.FindAll(text).Select(match => regex.Group(match, group))),
        });
    }
}
