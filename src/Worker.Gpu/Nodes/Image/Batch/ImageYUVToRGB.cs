using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Colours from luminance and the two colour differences.</summary>
internal sealed class ImageYUVToRGB : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageYUVToRGB").In("image/batch").Module("comfy_extras.nodes_morphology")
        .Input("Y", "IMAGE")
        .Input("U", "IMAGE")
        .Input("V", "IMAGE")
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        Tensor y = Plane(call, "Y"), u = Plane(call, "U") - 0.5, v = Plane(call, "V") - 0.5;
        return NodeResult.Of(cat([y + v * 1.403, y - v * 0.714 - u * 0.344, y + u * 1.773], -1).clamp(0, 1));
    }

    private static Tensor Plane(NodeCall call, string name) => call.Get<Tensor>(name).mean([-1], keepdim: true);
}
