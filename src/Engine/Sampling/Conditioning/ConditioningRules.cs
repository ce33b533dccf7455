using Farm.Engine.Models.UNet;
using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>What a family's network takes besides text states, from what a conditioning holds.</summary>
public interface IConditioningRules
{
    /// <summary>The vector conditioning, fp32 [1 or B, width]; null where the network takes none.</summary>
    Tensor? Vector(VectorSources sources);

    /// <summary>The channels that join the latent, fp32 [B, c, h, w]; null where the network takes none.</summary>
    Tensor? Concat(ConcatSources sources);
}

/// <summary>What vector conditionings are made of.</summary>
/// <param name="Pooled">The text's summary [1, width].</param>
/// <param name="Width">Original width in pixels.</param>
/// <param name="Height">Original height in pixels.</param>
public sealed record VectorSources(Tensor? Pooled, long Width, long Height)
{
    /// <summary>Pixels cut off at the left; 0 by default.</summary>
    public long CropWidth { get; init; }

    /// <summary>Pixels cut off at the top; 0 by default.</summary>
    public long CropHeight { get; init; }

    /// <summary>Target width; null (default) for the original.</summary>
    public long? TargetWidth { get; init; }

    /// <summary>Target height; null (default) for the original.</summary>
    public long? TargetHeight { get; init; }

    /// <summary>Aesthetic score; null (default) for 6, or 2.5 on the negative side.</summary>
    public double? AestheticScore { get; init; }

    /// <summary>Images it asks for; none by default.</summary>
    public IReadOnlyList<ImagePrompt> Images { get; init; } = [];

    /// <summary>The run's seed, from which noise on images comes; 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether it is the side to steer away from.</summary>
    public bool IsNegative { get; init; }
}

/// <summary>What joined channels are made of.</summary>
/// <param name="Start">The latent that a run starts from, in the network's scale, [B, C, h, w].</param>
/// <param name="Format">The latent space.</param>
public sealed record ConcatSources(Tensor Start, LatentFormat Format)
{
    /// <summary>The picture to join, a VAE latent; null where the conditioning has none.</summary>
    public Tensor? Latent { get; init; }

    /// <summary>Where to repaint, of any size; null where the conditioning has none.</summary>
    public Tensor? Mask { get; init; }

    /// <summary>The mask of the latent; null without.</summary>
    public Tensor? NoiseMask { get; init; }
}

/// <summary>A family's rules, put together from its parts.</summary>
/// <param name="VectorRule">How its vector conditioning is made; null for none.</param>
/// <param name="ConcatRule">How the channels that join the latent are made; null for none.</param>
public sealed record ConditioningRules(Func<VectorSources, Tensor?>? VectorRule = null, Func<ConcatSources, Tensor?>? ConcatRule = null) : IConditioningRules
{
    /// <summary>Networks that take text states alone.</summary>
    public static ConditioningRules TextOnly { get; } = new();

    /// <inheritdoc/>
    public Tensor? Vector(VectorSources sources) => VectorRule?.Invoke(sources);

    /// <inheritdoc/>
    public Tensor? Concat(ConcatSources sources) => ConcatRule?.Invoke(sources);

    /// <summary>The rules for what joins a latent of <paramref name="latentChannels"/> in a network that takes <paramref name="inChannels"/>.</summary>
    internal static Func<ConcatSources, Tensor?>? ConcatFor(long inChannels, int latentChannels) => (inChannels - latentChannels) switch
    {
        5 => JoinedChannels.Inpainting,
        4 => JoinedChannels.InstructPix2Pix,
        _ => null,
    };
}

/// <summary>SDXL's vector conditionings (arXiv 2307.01952): the text's summary, then sinusoids of sizes.</summary>
internal static class SizeVector
{
    private const int Width = 256;
    private const int PooledWidth = 1280;
    private const double PositiveScore = 6;
    private const double NegativeScore = 2.5;

    /// <summary>The base model's: original size, crop, target size.</summary>
    public static Tensor? Base(VectorSources sources) => Create(
        sources, sources.Height, sources.Width, sources.CropHeight, sources.CropWidth, sources.TargetHeight ?? sources.Height, sources.TargetWidth ?? sources.Width);

    /// <summary>The refiner's: original size, crop, aesthetic score.</summary>
    public static Tensor? Refiner(VectorSources sources) => Create(
        sources, sources.Height, sources.Width, sources.CropHeight, sources.CropWidth, sources.AestheticScore ?? (sources.IsNegative ? NegativeScore : PositiveScore));

    private static Tensor? Create(VectorSources sources, params double[] numbers)
    {
        using var scope = NewDisposeScope();
        var images = sources.Images.Count > 0 ? new ImagePrompts().Vector(sources.Images, sources.Seed).narrow(1, 0, PooledWidth) : null;
        if ((images ?? sources.Pooled) is not { } pooled) return null;
        var sinusoids = TimeEmbedding.Sinusoids(tensor(numbers.Select(number => (float)number).ToArray()), Width).reshape(1, -1);
        return cat([pooled.to(ScalarType.Float32, CPU), sinusoids.expand(pooled.shape[0], -1)], 1).MoveToOuterDisposeScope();
    }
}

/// <summary>Channels that join the latent.</summary>
internal static class JoinedChannels
{
    /// <summary>The latent of a picture of even grey, which stands where a conditioning brings none.</summary>
    private static readonly float[] Blank = [0.8223f, -0.6876f, 0.6364f, 0.1380f];

    /// <summary>A mask (1 = repaint) and the latent of the masked picture.</summary>
    public static Tensor? Inpainting(ConcatSources sources)
    {
        using var scope = NewDisposeScope();
        var mask = (sources.Mask ?? sources.NoiseMask) is { } given ? LatentMask.Resize(given, sources.Start).narrow(1, 0, 1).round() : ones_like(sources.Start.narrow(1, 0, 1));
        var image = sources.Latent is { } latent ? sources.Format.ToModel(Fit(latent, sources.Start))
            : sources.NoiseMask is not null ? sources.Start
            : tensor(Blank, device: sources.Start.device).reshape(1, -1, 1, 1).expand(sources.Start.shape);
        return cat([mask, image], 1).MoveToOuterDisposeScope();
    }

    /// <summary>The picture to edit, in the VAE's scale (arXiv 2211.09800).</summary>
    public static Tensor? InstructPix2Pix(ConcatSources sources)
    {
        using var scope = NewDisposeScope();
        return (sources.Latent is { } latent ? Fit(latent, sources.Start) : zeros_like(sources.Start)).MoveToOuterDisposeScope();
    }

    private static Tensor Fit(Tensor latent, Tensor start)
    {
        var moved = latent.to(ScalarType.Float32).to(start.device);
        var (height, width) = (start.shape[^2], start.shape[^1]);
        if (moved.shape[^2] != height || moved.shape[^1] != width)
            moved = nn.functional.interpolate(moved, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
        var rows = start.shape[0];
        return moved.shape[0] == rows ? moved : moved.repeat((rows + moved.shape[0] - 1) / moved.shape[0], 1, 1, 1).narrow(0, 0, rows);
    }
}
