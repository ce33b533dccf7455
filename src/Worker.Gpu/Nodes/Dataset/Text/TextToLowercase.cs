using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Small letters. A list of one text goes out, as ComfyUI gives it.</summary>
internal sealed class TextToLowercase : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("TextToLowercase", "Text to Lowercase").In("dataset/text").Module("comfy_extras.nodes_dataset")
        .Experimental().More("output_is_list", new object?[] { null })
        .String("texts")
        .Output("STRING", "texts");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of((object)new object?[] { PythonString.Lower(call.Get<string>("texts")) });
}
