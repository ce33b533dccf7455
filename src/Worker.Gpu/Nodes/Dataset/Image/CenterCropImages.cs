using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The window of a size around the centre; never larger than the image.</summary>
internal sealed class CenterCropImages : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("CenterCropImages", "Center Crop Images").In("dataset/image").Module("comfy_extras.nodes_dataset")
        .Experimental()
        .Input("images", "IMAGE")
        .Int("width", 512, 1, 8192)
        .Int("height", 512, 1, 8192)
        .Output("IMAGE", "images");

    protected override NodeResult Compute(NodeCall call)
    {
        var image = SingleImages.Pixels(call);
        var (width, height) = (call.Get<long>("width"), call.Get<long>("height"));
        var (left, top) = (Math.Max(0, (image.Width - width) / 2), Math.Max(0, (image.Height - height) / 2));
        return NodeResult.Of(SingleImages.Crop(image, left, top, Math.Min(image.Width, left + width), Math.Min(image.Height, top + height)));
    }
}
