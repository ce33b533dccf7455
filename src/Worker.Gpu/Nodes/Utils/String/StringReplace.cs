using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Replaces a text wherever it stands in another.</summary>
internal sealed class StringReplace : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("StringReplace", "Text Replace").In("utils/string").Module("comfy_extras.nodes_string")
        .String("string", multiline: true)
        .String("find", multiline: true)
        .String("replace", multiline: true)
        .Output("STRING");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(PythonString.Replace(call.Get<string>("string"), call.Get<string>("find"), call.Get<string>("replace")));
}
