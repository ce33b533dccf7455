using Farm.Engine.Models.Vae;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Conditionings for an inpainting network: the mask, and the picture with grey under it.</summary>
internal sealed class InpaintModelConditioning : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("InpaintModelConditioning", "InpaintModelConditioning").In("conditioning/inpaint").Module("nodes")
        .Input("positive", "CONDITIONING")
        .Input("negative", "CONDITIONING")
        .Input("vae", "VAE")
        .Input("pixels", "IMAGE")
        .Input("mask", "MASK")
        .Boolean("noise_mask", true)
        .Output("CONDITIONING", "positive")
        .Output("CONDITIONING", "negative")
        .Output("LATENT", "latent");

    protected override NodeResult Compute(NodeCall call)
    {
        var vae = call.Get<VaeModel>("vae");
        var pixels = call.Get<Tensor>("pixels");
        var (whole, mask) = InpaintImages.Fit(pixels, call.Get<Tensor>("mask"), vae.Downscale);
        var joined = vae.Encode(InpaintImages.Grey(whole, mask));
        var latent = new Latent(vae.Encode(whole)) { NoiseMask = call.Get<bool>("noise_mask") ? mask : null };
        (string, object?)[] options = [(ConditioningItem.ConcatLatent, joined), (ConditioningItem.ConcatMask, mask)];
        return NodeResult.Of(call.Get<Conditioning>("positive").With(options), call.Get<Conditioning>("negative").With(options), latent);
    }
}
