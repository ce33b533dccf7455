using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A rectangle of a latent; sizes in pixels.</summary>
internal sealed class LatentCrop : TensorNode
{
    private const long PixelsPerCell = 8;
    protected override void Define(NodeBuilder node) => node
        .V1().Named("LatentCrop", "Crop Latent").In("latent/transform").Module("nodes")
        .Input("samples", "LATENT")
        .Int("width", 512, 64, 16384, 8)
        .Int("height", 512, 64, 16384, 8)
        .Int("x", 0, 0, 16384, 8)
        .Int("y", 0, 0, 16384, 8)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var latent = call.Get<Latent>("samples");
        var rows = Cut(latent.Samples, 2, call.Get<long>("y") / PixelsPerCell, call.Get<long>("height") / PixelsPerCell);
        return NodeResult.Of(latent with { Samples = Cut(rows, 3, call.Get<long>("x") / PixelsPerCell, call.Get<long>("width") / PixelsPerCell).clone() });
    }

    /// <summary>ComfyUI keeps 8 cells clear of the end and, in latents shorter than that, counts from it as Python slices do.</summary>
    private static Tensor Cut(Tensor samples, int dimension, long start, long length)
    {
        var size = samples.shape[dimension];
        start = Math.Min(start, size - 8);
        var end = start + length;
        if (start < 0) start = Math.Max(0, start + size);
        if (end < 0) end = Math.Max(0, end + size);
        return samples.narrow(dimension, start, Math.Max(0, Math.Min(end, size) - start));
    }
}
