using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Where an image has a colour.</summary>
internal sealed class ImageColorToMask : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageColorToMask").In("mask").Module("comfy_extras.nodes_mask")
        .Input("image", "IMAGE")
        .Int("color", 0, 0, 16777215, 1, display: "number")
        .Output("MASK");

    protected override NodeResult Compute(NodeCall call)
    {
        var levels = (call.Get<Tensor>("image").clamp(0, 1) * 255).round().to(ScalarType.Int64);
        var colours = levels.select(3, 0) * 65536 + levels.select(3, 1) * 256 + levels.select(3, 2);
        return NodeResult.Of(colours.eq(call.Get<long>("color")).to(ScalarType.Float32));
    }
}
