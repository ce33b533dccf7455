using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>One minus each value.</summary>
internal sealed class InvertMask : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("InvertMask").In("mask").Module("comfy_extras.nodes_mask")
        .Input("mask", "MASK")
        .Output("MASK");

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(1 - call.Get<Tensor>("mask"));
}
