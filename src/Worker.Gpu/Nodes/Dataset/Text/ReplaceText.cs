using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Replaces a text wherever it stands in each text. A list of one text goes out, as ComfyUI gives it.</summary>
internal sealed class ReplaceText : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("ReplaceText", "Replace Text").In("dataset/text").Module("comfy_extras.nodes_dataset")
        .Experimental().More("output_is_list", new object?[] { null })
        .String("texts")
        .String("find", "")
        .String("replace", "")
        .Output("STRING", "texts");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of((object)new object?[] { PythonString.Replace(call.Get<string>("texts"), call.Get<string>("find"), call.Get<string>("replace")) });
}
