using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A mask of one value.</summary>
internal sealed class SolidMask : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("SolidMask").In("mask").Module("comfy_extras.nodes_mask")
        .Float("value", 1.0, 0.0, 1.0, 0.01)
        .Int("width", 512, 1, 16384, 1)
        .Int("height", 512, 1, 16384, 1)
        .Output("MASK");

    protected override NodeResult Compute(NodeCall call) =>
        NodeResult.Of(full(TensorMemory.Require(1, call.Get<long>("height"), call.Get<long>("width")), call.Get<double>("value"), ScalarType.Float32));
}
