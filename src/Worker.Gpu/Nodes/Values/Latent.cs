using System.Collections.Immutable;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>What flows between nodes as LATENT.</summary>
/// <param name="Samples">VAE latents, fp32 [B, C, h, w], or [B, C, T, h, w] for video.</param>
internal sealed record Latent(Tensor Samples) : IValueParts
{
    /// <summary>Where to paint, 1 = repaint; null paints everywhere.</summary>
    public Tensor? NoiseMask { get; init; }

    /// <summary>Places of the rows in the batch they were taken from; null for a whole batch.</summary>
    public ImmutableArray<long>? BatchIndex { get; init; }

    /// <summary>Further members by ComfyUI's names, such as <c>downscale_ratio_spacial</c> and <c>type</c>.</summary>
    public ImmutableDictionary<string, object?> More { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <inheritdoc />
    public IEnumerable<object?> Parts => [Samples, NoiseMask];
}
