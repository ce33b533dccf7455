using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Gaussian blur.</summary>
internal sealed class ImageBlur : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageBlur", "Image Blur").In("image/postprocessing").Module("comfy_extras.nodes_post_processing")
        .Input("image", "IMAGE")
        .Int("blur_radius", 1, 1, 31, 1)
        .Float("sigma", 1.0, 0.1, 10.0, 0.1)
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        var radius = call.Get<long>("blur_radius");
        if (radius == 0) return NodeResult.Of(images);
        var kernel = Gaussian.Kernel(radius, call.Get<double>("sigma"));
        return NodeResult.Of(Gaussian.Apply(images, kernel, "blur_radius"));
    }
}
