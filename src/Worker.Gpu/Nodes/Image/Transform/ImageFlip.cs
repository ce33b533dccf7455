using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Mirrors.</summary>
internal sealed class ImageFlip : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageFlip").In("image/transform").Module("comfy_extras.nodes_images")
        .Input("image", "IMAGE")
        .Combo("flip_method", ["x-axis: vertically", "y-axis: horizontally"])
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call) =>
        NodeResult.Of(call.Get<Tensor>("image").flip(call.Get<string>("flip_method").StartsWith('x') ? 1 : 2));
}
