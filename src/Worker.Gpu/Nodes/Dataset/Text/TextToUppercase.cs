using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Capitals. A list of one text goes out, as ComfyUI gives it.</summary>
internal sealed class TextToUppercase : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("TextToUppercase", "Text to Uppercase").In("dataset/text").Module("comfy_extras.nodes_dataset")
        .Experimental().More("output_is_list", new object?[] { null })
        .String("texts")
        .Output("STRING", "texts");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of((object)new object?[] { PythonString.Upper(call.Get<string>("texts")) });
}
