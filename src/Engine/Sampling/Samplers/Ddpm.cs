using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Ancestral sampling of DDPM (arXiv 2006.11239), written over σ.</summary>
public sealed record Ddpm : ISampler
{
    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x) => run.Integrate(x, step =>
    {
        float s = step.Sigma, t = step.Next, product = 1 / (s * s + 1), productNext = 1 / (t * t + 1), alpha = product / productNext;
        var eps = (step.X - run.Denoise(step.X, s)) / s;
        var variancePreserving = step.X / MathF.Sqrt(1 + s * s);
        var mean = (variancePreserving - eps * ((1 - alpha) / MathF.Sqrt(1 - product))) * MathF.Sqrt(1 / alpha);
        if (t == 0) return mean;
        var noise = run.Noise(step.X) * MathF.Sqrt((1 - alpha) * (1 - productNext) / (1 - product));
        return (mean + noise) * MathF.Sqrt(1 + t * t);
    });
}
