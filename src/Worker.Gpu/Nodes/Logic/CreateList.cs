using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Joins values and lists to one list, in order of the slots.</summary>
internal sealed class CreateList : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("CreateList", "Create List").In("logic").Module("comfy_extras.nodes_toolkit")
        .InputIsList()
        .Autogrow("inputs", row => row.MatchInput("input", "type"), "input", min: 1, max: 10)
        .MatchOutput("type", "list", isList: true);

    protected override NodeResult? Run(NodeCall call)
    {
        var inputs = call.GetOptional<IReadOnlyDictionary<string, object?>>("inputs") ?? new Dictionary<string, object?>();
        return NodeResult.Of((object)inputs.Values.SelectMany(input => input as IReadOnlyList<object?> ?? [input]).ToArray());
    }
}
