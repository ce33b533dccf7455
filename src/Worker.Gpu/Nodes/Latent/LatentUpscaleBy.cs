using Farm.Nodes;
using Farm.Worker.Imaging;

namespace Farm.Worker.Nodes;

/// <summary>Resizes latents by a factor.</summary>
internal sealed class LatentUpscaleBy : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("LatentUpscaleBy", "Upscale Latent By").In("latent").Module("nodes")
        .Input("samples", "LATENT")
        .Combo("upscale_method", ["nearest-exact", "bilinear", "area", "bicubic", "bislerp"])
        .Float("scale_by", 1.5, 0.01, 8.0, 0.01)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var latent = call.Get<Latent>("samples");
        var factor = call.Get<double>("scale_by");
        long width = Sizes.Round(latent.Samples.shape[^1] * factor), height = Sizes.Round(latent.Samples.shape[^2] * factor);
        TensorMemory.Require([.. latent.Samples.shape[..^2], height, width]);
        return NodeResult.Of(latent with { Samples = Scaling.Resize(latent.Samples, width, height, call.Get<string>("upscale_method")) });
    }
}
