using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Images in random order.</summary>
internal sealed class ShuffleDataset : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("ShuffleDataset", "Shuffle Image Dataset").In("dataset/image").Module("comfy_extras.nodes_dataset")
        .InputIsList().Experimental()
        .Input("images", "IMAGE")
        .Int("seed", 0, 0, ulong.MaxValue)
        .Output("IMAGE", "images", isList: true);

    protected override NodeResult? Run(NodeCall call)
    {
        var images = call.List<object?>("images");
        var order = new LegacyRandom(call.List<ulong>("seed")[0]).Permutation(images.Count);
        return NodeResult.Of((object)order.Select(i => images[i]).ToArray());
    }
}
