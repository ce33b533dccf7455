using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A window of a size somewhere in the image; never larger than the image.</summary>
internal sealed class RandomCropImages : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("RandomCropImages", "Random Crop Images").In("dataset/image").Module("comfy_extras.nodes_dataset")
        .Experimental()
        .Input("images", "IMAGE")
        .Int("width", 512, 1, 8192)
        .Int("height", 512, 1, 8192)
        .Int("seed", 0, 0, ulong.MaxValue)
        .Output("IMAGE", "images");

    protected override NodeResult Compute(NodeCall call)
    {
        var image = SingleImages.Pixels(call);
        var (width, height) = (Math.Min(call.Get<long>("width"), image.Width), Math.Min(call.Get<long>("height"), image.Height));
        var random = new LegacyRandom(call.Get<ulong>("seed"));
        var left = random.UpTo((int)(image.Width - width));
        var top = random.UpTo((int)(image.Height - height));
        return NodeResult.Of(SingleImages.Crop(image, left, top, left + width, top + height));
    }
}
