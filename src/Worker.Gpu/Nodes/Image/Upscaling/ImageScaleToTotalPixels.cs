using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Resizes to a number of pixels, each side a multiple of a step.</summary>
internal sealed class ImageScaleToTotalPixels : TensorNode
{
    private const double Megapixel = 1024 * 1024;
    protected override void Define(NodeBuilder node) => node
        .Named("ImageScaleToTotalPixels").In("image/upscaling").Module("comfy_extras.nodes_post_processing")
        .Input("image", "IMAGE")
        .Combo("upscale_method", Choices.Resizing)
        .Float("megapixels", 1.0, 0.01, 16.0, 0.01)
        .Int("resolution_steps", 1, 1, 256, options: o => o.Advanced())
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        var step = call.Get<long>("resolution_steps");
        var factor = Math.Sqrt(call.Get<double>("megapixels") * Megapixel / (images.shape[2] * (double)images.shape[1]));
        return NodeResult.Of(Sizes.Resize(images, Side(images.shape[2]), Side(images.shape[1]), call.Get<string>("upscale_method")));

        long Side(long old) => Sizes.Round(old * factor / step) * step;
    }
}
