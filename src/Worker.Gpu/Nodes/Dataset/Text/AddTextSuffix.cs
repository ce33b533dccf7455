using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Puts a text behind each text. A list of one text goes out, as ComfyUI gives it.</summary>
internal sealed class AddTextSuffix : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("AddTextSuffix", "Add Text Suffix").In("dataset/text").Module("comfy_extras.nodes_dataset")
        .Experimental().More("output_is_list", new object?[] { null })
        .String("texts")
        .String("suffix", "")
        .Output("STRING", "texts");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of((object)new object?[] { call.Get<string>("texts") + call.Get<string>("suffix") });
}
