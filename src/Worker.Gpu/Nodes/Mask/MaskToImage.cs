using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A mask as a grey image.</summary>
internal sealed class MaskToImage : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("MaskToImage", "Convert Mask to Image").In("mask").Module("comfy_extras.nodes_mask")
        .Input("mask", "MASK")
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call) =>
        NodeResult.Of(Batches.MaskPlanes(call.Get<Tensor>("mask")).movedim([1], [-1]).expand(-1, -1, -1, 3).contiguous());
}
