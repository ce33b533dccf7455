using Farm.Engine.Models.Vae;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Latents to images.</summary>
internal sealed class VAEDecode : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("VAEDecode", "VAE Decode").In("latent").Module("nodes")
        .Input("samples", "LATENT", options: o => o.Tooltip("The latents to decode."))
        .Input("vae", "VAE", options: o => o.Tooltip("The autoencoder that decodes."))
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call) =>
        NodeResult.Of(call.Get<VaeModel>("vae").Decode(call.Get<Latent>("samples").Samples));
}
