using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>What several latent nodes do.</summary>
internal static class Latents
{
    /// <summary>Resizes to another latent's size where any side differs.</summary>
    public static Tensor Fit(Tensor samples, Tensor like) => samples.shape.AsSpan(1).SequenceEqual(like.shape.AsSpan(1))
        ? samples
        : Scaling.Resize(samples, like.shape[^1], like.shape[^2], "bilinear", cropCentre: true);

    /// <summary>Resizes and repeats to another latent's shape.</summary>
    public static Tensor Match(Tensor samples, Tensor like) => Batches.Repeat(Fit(samples, like), like.shape[0]);

    /// <summary>Places of the rows: those it was given, else from 0.</summary>
    public static IEnumerable<long> Places(Latent latent) => latent.BatchIndex is { } index ? index : Batches.Range(0, latent.Samples.shape[0]);

    /// <summary>The dimension that <c>x</c>, <c>y</c> or <c>t</c> names, from the front.</summary>
    public static int Dimension(Tensor samples, string name) => (int)samples.dim() - name[^1] switch { 'x' => 1, 'y' => 2, _ => 3 };
}
