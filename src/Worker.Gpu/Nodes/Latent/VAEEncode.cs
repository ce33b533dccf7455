using Farm.Engine.Models.Vae;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Images to latents.</summary>
internal sealed class VAEEncode : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("VAEEncode", "VAE Encode").In("latent").Module("nodes")
        .Input("pixels", "IMAGE")
        .Input("vae", "VAE")
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) =>
        NodeResult.Of(new Latent(call.Get<VaeModel>("vae").Encode(call.Get<Tensor>("pixels"))));
}
