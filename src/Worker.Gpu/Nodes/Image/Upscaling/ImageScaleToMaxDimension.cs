using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Resizes so that the longer side has a length.</summary>
internal sealed class ImageScaleToMaxDimension : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageScaleToMaxDimension").In("image/upscaling").Module("comfy_extras.nodes_images")
        .Input("image", "IMAGE")
        .Combo("upscale_method", ["area", "lanczos", "bilinear", "nearest-exact", "bilinear", "bicubic"])
        .Int("largest_size", 512, 0, 16384, 1)
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        double w = images.shape[2], h = images.shape[1];
        var size = call.Get<long>("largest_size");
        var (width, height) = h > w ? (Sizes.Round(w / h * size), size) : w > h ? (size, Sizes.Round(h / w * size)) : (size, size);
        return NodeResult.Of(Sizes.Resize(images, width, height, call.Get<string>("upscale_method")));
    }
}
