using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Takes blanks off the ends of each text. A list of one text goes out, as ComfyUI gives it.</summary>
internal sealed class StripWhitespace : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("StripWhitespace", "Strip Whitespace").In("dataset/text").Module("comfy_extras.nodes_dataset")
        .Experimental().More("output_is_list", new object?[] { null })
        .String("texts")
        .Output("STRING", "texts");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of((object)new object?[] { PythonString.Strip(call.Get<string>("texts")) });
}
