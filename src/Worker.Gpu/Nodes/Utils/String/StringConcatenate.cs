using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Two texts with a delimiter between them.</summary>
internal sealed class StringConcatenate : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("StringConcatenate", "Text Concatenate").In("utils/string").Module("comfy_extras.nodes_string")
        .String("string_a", multiline: true)
        .String("string_b", multiline: true)
        .String("delimiter", "")
        .Output("STRING");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(call.Get<string>("string_a") + call.Get<string>("delimiter") + call.Get<string>("string_b"));
}
