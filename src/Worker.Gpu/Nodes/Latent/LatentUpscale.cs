using Farm.Nodes;
using Farm.Worker.Imaging;

namespace Farm.Worker.Nodes;

/// <summary>Resizes latents to a size in pixels; a side of 0 follows from the other.</summary>
internal sealed class LatentUpscale : TensorNode
{
    private const long LeastSide = 64;
    private const long PixelsPerCell = 8;
    protected override void Define(NodeBuilder node) => node
        .V1().Named("LatentUpscale", "Upscale Latent").In("latent").Module("nodes")
        .Input("samples", "LATENT")
        .Combo("upscale_method", ["nearest-exact", "bilinear", "area", "bicubic", "bislerp"])
        .Int("width", 512, 0, 16384, 8)
        .Int("height", 512, 0, 16384, 8)
        .Combo("crop", ["disabled", "center"])
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var latent = call.Get<Latent>("samples");
        long width = call.Get<long>("width"), height = call.Get<long>("height"), w = latent.Samples.shape[^1], h = latent.Samples.shape[^2];
        if (width == 0 && height == 0) return NodeResult.Of(latent);
        if (width == 0) width = Sizes.Round((double)w * Math.Max(LeastSide, height) / h);
        if (height == 0) height = Sizes.Round((double)h * Math.Max(LeastSide, width) / w);
        width = Math.Max(LeastSide, width) / PixelsPerCell;
        height = Math.Max(LeastSide, height) / PixelsPerCell;
        TensorMemory.Require([.. latent.Samples.shape[..^2], height, width]);
        var resized = Scaling.Resize(latent.Samples, width, height, call.Get<string>("upscale_method"), call.Get<string>("crop") == "center");
        return NodeResult.Of(latent with { Samples = resized });
    }
}
