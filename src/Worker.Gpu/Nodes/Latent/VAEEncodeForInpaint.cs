using Farm.Engine.Models.Vae;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Images to latents with grey under the mask, which grows into the latent's mask.</summary>
internal sealed class VAEEncodeForInpaint : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("VAEEncodeForInpaint", "VAE Encode (for Inpainting)").In("latent/inpaint").Module("nodes")
        .Input("pixels", "IMAGE")
        .Input("vae", "VAE")
        .Input("mask", "MASK")
        .Int("grow_mask_by", 6, 0, 64, 1)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var vae = call.Get<VaeModel>("vae");
        var (pixels, mask) = InpaintImages.Fit(call.Get<Tensor>("pixels"), call.Get<Tensor>("mask"), vae.Downscale);
        var latent = vae.Encode(InpaintImages.Grey(pixels, mask));
        return NodeResult.Of(new Latent(latent) { NoiseMask = InpaintImages.Grow(mask, call.Get<long>("grow_mask_by")).round() });
    }
}
