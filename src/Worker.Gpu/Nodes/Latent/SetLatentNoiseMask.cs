using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Confines sampling to where a mask is set.</summary>
internal sealed class SetLatentNoiseMask : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("SetLatentNoiseMask", "Set Latent Noise Mask").In("latent/inpaint").Module("nodes")
        .Input("samples", "LATENT")
        .Input("mask", "MASK")
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) =>
        NodeResult.Of(call.Get<Latent>("samples") with { NoiseMask = Batches.MaskPlanes(call.Get<Tensor>("mask")) });
}
