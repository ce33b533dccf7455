using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Passes images on as one list.</summary>
internal sealed class MergeImageLists : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("MergeImageLists", "Merge Image Lists").In("dataset/image").Module("comfy_extras.nodes_dataset")
        .InputIsList().Experimental()
        .Input("images", "IMAGE")
        .Output("IMAGE", "images", isList: true);

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of((object)call.List<object?>("images").ToArray());
}
