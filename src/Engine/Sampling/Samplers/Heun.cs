using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Heun's second order method (Karras 2022, arXiv 2206.00364, algorithm 2).</summary>
public sealed record Heun : ISampler
{
    /// <summary>Noise added before steps; none by default.</summary>
    public Churn Churn { get; init; } = new();

    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x) => run.Integrate(x, step =>
    {
        var (noisy, sigma) = Churn.Apply(run, step);
        var d = (noisy - run.Denoise(noisy, sigma)) / sigma;
        float dt = step.Next - sigma;
        var euler = noisy + d * dt;
        if (step.Next == 0) return euler;
        var d2 = (euler - run.Denoise(euler, step.Next)) / step.Next;
        return noisy + (d + d2) / 2 * dt;
    });
}
