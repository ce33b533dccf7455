using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Images with their texts in random order.</summary>
internal sealed class ShuffleImageTextDataset : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("ShuffleImageTextDataset", "Shuffle Image-Text Dataset").In("dataset/image").Module("comfy_extras.nodes_dataset")
        .InputIsList().Experimental()
        .Input("images", "IMAGE")
        .String("texts")
        .Int("seed", 0, 0, ulong.MaxValue)
        .Output("IMAGE", "images", isList: true)
        .Output("STRING", "texts", isList: true);

    protected override NodeResult? Run(NodeCall call)
    {
        var (images, texts) = (call.List<object?>("images"), call.List<object?>("texts"));
        if (texts.Count < images.Count) throw NodeFailedException.IndexError($"texts: {texts.Count} for {images.Count} images");
        var order = new LegacyRandom(call.List<ulong>("seed")[0]).Permutation(images.Count);
        return NodeResult.Of(order.Select(i => images[i]).ToArray(), order.Select(i => texts[i]).ToArray());
    }
}
