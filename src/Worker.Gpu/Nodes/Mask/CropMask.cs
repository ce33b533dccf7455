using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A rectangle of a mask.</summary>
internal sealed class CropMask : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("CropMask").In("mask").Module("comfy_extras.nodes_mask")
        .Input("mask", "MASK")
        .Int("x", 0, 0, 16384, 1)
        .Int("y", 0, 0, 16384, 1)
        .Int("width", 512, 1, 16384, 1)
        .Int("height", 512, 1, 16384, 1)
        .Output("MASK");

    protected override NodeResult Compute(NodeCall call)
    {
        var mask = call.Get<Tensor>("mask");
        mask = mask.reshape(-1, mask.shape[^2], mask.shape[^1]);
        return NodeResult.Of(Cut(Cut(mask, 1, call.Get<long>("y"), call.Get<long>("height")), 2, call.Get<long>("x"), call.Get<long>("width")).clone());
    }

    private static Tensor Cut(Tensor mask, int dimension, long start, long length)
    {
        start = Math.Min(start, mask.shape[dimension]);
        return mask.narrow(dimension, start, Math.Min(length, mask.shape[dimension] - start));
    }
}
