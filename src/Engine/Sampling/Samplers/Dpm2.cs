using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>DPM-Solver-2 (arXiv 2206.00927) in k-diffusion's form: a midpoint step in ln σ.</summary>
public sealed record Dpm2 : ISampler
{
    /// <summary>Noise added before steps; none by default.</summary>
    public Churn Churn { get; init; } = new();

    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x) => run.Integrate(x, step =>
    {
        var (noisy, sigma) = Churn.Apply(run, step);
        var d = (noisy - run.Denoise(noisy, sigma)) / sigma;
        if (step.Next == 0) return noisy + d * (step.Next - sigma);
        float middle = Fp32.Exp(0.5f * (Fp32.Log(sigma) + Fp32.Log(step.Next)));
        var half = noisy + d * (middle - sigma);
        return noisy + (half - run.Denoise(half, middle)) / middle * (step.Next - sigma);
    });
}
