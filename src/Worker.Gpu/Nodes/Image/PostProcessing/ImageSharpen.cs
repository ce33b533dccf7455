using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Sharpens by what a Gaussian blur takes away.</summary>
internal sealed class ImageSharpen : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageSharpen").In("image/postprocessing").Module("comfy_extras.nodes_post_processing")
        .Input("image", "IMAGE")
        .Int("sharpen_radius", 1, 1, 31, 1, options: o => o.Advanced())
        .Float("sigma", 1.0, 0.1, 10.0, 0.01, options: o => o.Advanced())
        .Float("alpha", 1.0, 0.0, 5.0, 0.01, options: o => o.Advanced())
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        var radius = call.Get<long>("sharpen_radius");
        if (radius == 0) return NodeResult.Of(images);
        var kernel = Gaussian.Sharpening(Gaussian.Kernel(radius, call.Get<double>("sigma")), call.Get<double>("alpha"));
        return NodeResult.Of(Gaussian.Apply(images, kernel, "sharpen_radius").clamp(0, 1));
    }
}
