using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>The noise a run starts from, drawn in ComfyUI's order from a CPU generator so that a seed gives the same picture everywhere.</summary>
public static class LatentNoise
{
    /// <summary>Unit normal noise in fp32 for a latent.</summary>
    /// <param name="shape">The latent's shape [B, C, …].</param>
    /// <param name="generator">A CPU generator seeded with the run's seed; what is drawn from it later continues the stream.</param>
    /// <param name="batchIndex">For a latent taken out of a larger batch: the place of each row there. Noise is then drawn row by row up to the
    /// highest place, and equal places share theirs. Null draws the whole batch at once.</param>
    public static Tensor Draw(long[] shape, Generator generator, IReadOnlyList<int>? batchIndex = null)
    {
        if (batchIndex is null) return randn(shape, generator: generator);
        if (batchIndex.Count != shape[0] || batchIndex.Any(index => index < 0))
            throw new ArgumentException($"batch_index must name a place of 0 or more for each of the {shape[0]} latents.", nameof(batchIndex));

        using var scope = NewDisposeScope();
        long[] one = [1, .. shape[1..]];
        var drawn = Enumerable.Range(0, batchIndex.Max() + 1).Select(_ => randn(one, generator: generator)).ToArray();
        return cat([.. batchIndex.Select(index => drawn[index])], 0).MoveToOuterDisposeScope();
    }
}
