using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Euler steps (Karras 2022, arXiv 2206.00364, algorithm 2 without the correction). DDIM over σ is the same step.</summary>
public sealed record Euler : ISampler
{
    /// <summary>Noise added before steps; none by default.</summary>
    public Churn Churn { get; init; } = new();

    /// <inheritdoc/>
    public bool RedrawsMaskNoise { get; init; }

    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x) => run.Integrate(x, step =>
    {
        var (noisy, sigma) = Churn.Apply(run, step);
        var d = (noisy - run.Denoise(noisy, sigma)) / sigma;
        return noisy + d * (step.Next - sigma);
    });
}
