using Farm.Engine.Models.UNet;
using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>An image that a conditioning asks for.</summary>
/// <param name="Embeds">Its summary by an image tower, fp32 [1, width].</param>
/// <param name="Strength">Factor on it.</param>
/// <param name="NoiseAugmentation">How much noise hides its details, 0…1.</param>
public sealed record ImagePrompt(Tensor Embeds, float Strength, double NoiseAugmentation);

/// <summary>
/// unCLIP's vector conditioning (arXiv 2204.06125): summaries of images with noise of a level of 1000 on a cosine schedule, each with its level's sinusoids behind it.
/// </summary>
/// <param name="mean">Mean of the summaries the network was trained on, [1, width]; null for none.</param>
/// <param name="deviation">Their deviation.</param>
public sealed class ImagePrompts(Tensor? mean = null, Tensor? deviation = null)
{
    private const int Levels = 1000;
    private const int SeedOffset = 10;
    private const double CosineShift = 0.008;
    private const double MaxBeta = 0.999;

    private static readonly double[] Kept = KeptShares();

    /// <summary>The vector [1, 2·width], moved to the outer scope.</summary>
    /// <param name="images">At least one.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="merge">Noise on the mix of several images, 0…1; ComfyUI's 0.05.</param>
    public Tensor Vector(IReadOnlyList<ImagePrompt> images, ulong seed, double merge = 0.05)
    {
        using var scope = NewDisposeScope();
        Generator? random = null;
        Tensor? sum = null;
        try
        {
            foreach (var image in images)
            {
                random?.Dispose();
                random = new Generator(unchecked(seed - SeedOffset));
                var vector = Noised(image.Embeds, Level(image.NoiseAugmentation), random) * image.Strength;
                sum = sum is null ? vector : sum + vector;
            }
            // The last stream goes on: ComfyUI draws this noise from the global generator as the seeded draws left it.
            if (images.Count > 1) sum = Noised(sum!.narrow(1, 0, sum.shape[1] / 2), Level(merge), random!);
            return sum!.MoveToOuterDisposeScope();
        }
        finally
        {
            random?.Dispose();
        }
    }

    private Tensor Noised(Tensor embeds, long level, Generator random)
    {
        var e = embeds.to(ScalarType.Float32);
        if (mean is not null && deviation is not null) e = (e - mean) / deviation;
        var noised = e * (float)Math.Sqrt(Kept[level]) + randn(e.shape, generator: random) * (float)Math.Sqrt(1 - Kept[level]);
        if (mean is not null && deviation is not null) noised = noised * deviation + mean;
        return cat([noised, TimeEmbedding.Sinusoids(tensor([(float)level]), embeds.shape[1])], 1);
    }

    private static long Level(double share) => (long)Math.Round((Levels - 1) * share, MidpointRounding.ToEven);

    private static double[] KeptShares()
    {
        var kept = new double[Levels];
        var product = 1.0;
        for (var i = 0; i < Levels; i++) kept[i] = product *= 1 - Math.Min(1 - Bar((i + 1.0) / Levels) / Bar((double)i / Levels), MaxBeta);
        return kept;

        static double Bar(double t) => Math.Pow(Math.Cos((t + CosineShift) / (1 + CosineShift) * Math.PI / 2), 2);
    }
}
