using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Cuts each text at a length. A list of one text goes out, as ComfyUI gives it.</summary>
internal sealed class TruncateText : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("TruncateText", "Truncate Text").In("dataset/text").Module("comfy_extras.nodes_dataset")
        .Experimental().More("output_is_list", new object?[] { null })
        .String("texts")
        .Int("max_length", 77, 1, 10000)
        .Output("STRING", "texts");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of((object)new object?[] { PythonString.Slice(call.Get<string>("texts"), 0, call.Get<long>("max_length")) });
}
