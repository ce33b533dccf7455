using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>DPM-Solver++(2S) (arXiv 2211.01095) with ancestral noise.</summary>
/// <param name="Eta">Share of fresh noise; 1 by default.</param>
/// <param name="NoiseScale">Scale of the noise; 1 by default.</param>
public sealed record DpmPp2SAncestral(float Eta = 1, float NoiseScale = 1) : ISampler
{
    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x) => run.Integrate(x, step =>
    {
        var x0 = run.Denoise(step.X, step.Sigma);
        return run.Model.IsFlow ? FlowStep(run, step, x0) : Step(run, step, x0);
    });

    private Tensor Step(SamplingRun run, SamplingRun.Step step, Tensor x0)
    {
        var (x, s) = (step.X, step.Sigma);
        var (down, up) = Ancestral.Split(s, step.Next, Eta);
        if (down == 0) return x + (x - x0) / s * (down - s);
        float lambda = -Fp32.Log(s), h = -Fp32.Log(down) - lambda, middle = Fp32.Exp(-(lambda + h / 2));
        var half = x * (middle / s) - x0 * Fp32.Expm1(-h / 2);
        var next = x * (down / s) - run.Denoise(half, middle) * Fp32.Expm1(-h);
        return step.Next > 0 ? next + run.Noise(x) * (NoiseScale * up) : next;
    }

    private Tensor FlowStep(SamplingRun run, SamplingRun.Step step, Tensor x0)
    {
        var (x, s) = (step.X, step.Sigma);
        if (step.Next == 0) return x + (x - x0) / s * (step.Next - s);
        var (down, scale, renoise) = Ancestral.SplitFlow(s, step.Next, Eta);
        float middle = s == 1 ? 0.9999f : run.Model.SigmaOf(0.5f * (run.Model.HalfLogSnr(s) + run.Model.HalfLogSnr(down)));
        var half = x * (middle / s) + x0 * (1 - middle / s);
        var next = x * (down / s) + run.Denoise(half, middle) * (1 - down / s);
        return Eta > 0 ? next * scale + run.Noise(x) * (NoiseScale * renoise) : next;
    }
}
