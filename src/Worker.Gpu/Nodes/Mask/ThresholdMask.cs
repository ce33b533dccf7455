using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>One where a mask is above a value, else zero.</summary>
internal sealed class ThresholdMask : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ThresholdMask").In("mask").Module("comfy_extras.nodes_mask")
        .Input("mask", "MASK")
        .Float("value", 0.5, 0.0, 1.0, 0.01)
        .Output("MASK");

    protected override NodeResult Compute(NodeCall call) =>
        NodeResult.Of(call.Get<Tensor>("mask").gt(call.Get<double>("value")).to(ScalarType.Float32));
}
