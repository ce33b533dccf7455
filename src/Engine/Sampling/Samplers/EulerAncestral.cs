using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Euler steps below the next level, then fresh noise up to it (k-diffusion; on flows with the variance restored).</summary>
/// <param name="Eta">Share of fresh noise; 1 by default, 0 is Euler.</param>
/// <param name="NoiseScale">Scale of the noise; 1 by default.</param>
public sealed record EulerAncestral(float Eta = 1, float NoiseScale = 1) : ISampler
{
    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x) => run.Integrate(x, step =>
    {
        var x0 = run.Denoise(step.X, step.Sigma);
        return run.Model.IsFlow ? FlowStep(run, step, x0) : Step(run, step, x0);
    });

    private Tensor Step(SamplingRun run, SamplingRun.Step step, Tensor x0)
    {
        var (down, up) = Ancestral.Split(step.Sigma, step.Next, Eta);
        if (down == 0) return x0;
        var next = step.X + (step.X - x0) / step.Sigma * (down - step.Sigma);
        return next + run.Noise(step.X) * NoiseScale * up;
    }

    private Tensor FlowStep(SamplingRun run, SamplingRun.Step step, Tensor x0)
    {
        if (step.Next == 0) return x0;
        var (down, scale, renoise) = Ancestral.SplitFlow(step.Sigma, step.Next, Eta);
        float ratio = down / step.Sigma;
        var next = step.X * ratio + x0 * (1 - ratio);
        return Eta > 0 ? next * scale + run.Noise(step.X) * NoiseScale * renoise : next;
    }
}
