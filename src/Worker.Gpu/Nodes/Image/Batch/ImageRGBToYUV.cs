using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Luminance and the two colour differences, each as a grey image.</summary>
internal sealed class ImageRGBToYUV : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageRGBToYUV").In("image/batch").Module("comfy_extras.nodes_morphology")
        .Input("image", "IMAGE")
        .Output("IMAGE", "Y")
        .Output("IMAGE", "U")
        .Output("IMAGE", "V");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        Tensor r = images.narrow(-1, 0, 1), g = images.narrow(-1, 1, 1), b = images.narrow(-1, 2, 1);
        var y = r * 0.299 + g * 0.587 + b * 0.114;
        return NodeResult.Of(Grey(y), Grey((b - y) * 0.564 + 0.5), Grey((r - y) * 0.713 + 0.5));

        Tensor Grey(Tensor plane) => plane.expand(images.shape).contiguous();
    }
}
