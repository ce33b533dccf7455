using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Latent consistency sampling (arXiv 2310.04378): jump to x0, noise it to the next level.</summary>
public sealed record Lcm : ISampler
{
    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x) => run.Integrate(x, step =>
    {
        var x0 = run.Denoise(step.X, step.Sigma);
        return step.Next > 0 ? run.Model.AddNoise(run.Noise(step.X), x0, step.Next) : x0;
    });
}
