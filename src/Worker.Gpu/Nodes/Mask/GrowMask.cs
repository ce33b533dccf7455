using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Grows or shrinks a mask by grey dilation or erosion, a pixel a pass.</summary>
internal sealed class GrowMask : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("GrowMask", "Grow Mask").In("mask").Module("comfy_extras.nodes_mask")
        .Input("mask", "MASK")
        .Int("expand", 0, -16384, 16384, 1)
        .Boolean("tapered_corners", true, options: o => o.Advanced())
        .Output("MASK");

    protected override NodeResult Compute(NodeCall call)
    {
        var mask = call.Get<Tensor>("mask");
        var tapered = call.Get<bool>("tapered_corners");
        var expand = call.Get<long>("expand");
        var planes = Batches.MaskPlanes(mask) * (expand < 0 ? -1 : 1);
        var passes = Math.Min(Math.Abs(expand), planes.shape[2] + planes.shape[3]); // more change nothing
        for (var i = 0L; i < passes; i++)
        {
            call.Context.ThrowIfInterrupted();
            var grown = tapered ? maximum(Widest(planes, 3, 1), Widest(planes, 1, 3)) : Widest(planes, 3, 3);
            planes.Dispose();
            planes = grown;
        }
        return NodeResult.Of((expand < 0 ? -planes : planes).squeeze(1));
    }

    private static Tensor Widest(Tensor planes, long height, long width) =>
        nn.functional.max_pool2d(planes, [height, width], [1, 1], [height / 2, width / 2]);
}
