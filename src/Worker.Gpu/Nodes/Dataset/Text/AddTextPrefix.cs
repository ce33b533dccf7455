using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Puts a text before each text. A list of one text goes out, as ComfyUI gives it.</summary>
internal sealed class AddTextPrefix : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("AddTextPrefix", "Add Text Prefix").In("dataset/text").Module("comfy_extras.nodes_dataset")
        .Experimental().More("output_is_list", new object?[] { null })
        .String("texts")
        .String("prefix", "")
        .Output("STRING", "texts");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of((object)new object?[] { call.Get<string>("prefix") + call.Get<string>("texts") });
}
