using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Passes texts on as one list inside a list, as ComfyUI gives it.</summary>
internal sealed class MergeTextLists : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("MergeTextLists", "Merge Text Lists").In("dataset/text").Module("comfy_extras.nodes_dataset")
        .InputIsList().Experimental().More("output_is_list", new object?[] { null })
        .String("texts")
        .Output("STRING", "texts");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of((object)new object?[] { call.List<string>("texts").ToArray<object?>() });
}
