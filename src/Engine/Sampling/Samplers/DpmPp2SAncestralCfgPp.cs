using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>DPM-Solver++(2S) (arXiv 2211.01095) with ancestral noise and CFG++ (arXiv 2406.08070).</summary>
/// <param name="Eta">Share of fresh noise; 1 by default.</param>
/// <param name="NoiseScale">Scale of the noise; 1 by default.</param>
public sealed record DpmPp2SAncestralCfgPp(float Eta = 1, float NoiseScale = 1) : ISampler
{
    /// <inheritdoc/>
    public bool NeedsNegative => true;

    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x) => run.Integrate(x, step =>
    {
        var s = step.Sigma;
        var (x0, negative) = run.DenoiseBoth(step.X, s);
        var (down, up) = Ancestral.Split(s, step.Next, Eta);
        if (down == 0) return x0;
        float lambda = -Fp32.Log(s), h = -Fp32.Log(down) - lambda, middle = Fp32.Exp(-(lambda + h / 2));
        var half = (step.X + (x0 - negative)) * (middle / s) - x0 * Fp32.Expm1(-h / 2);
        var (second, secondNegative) = run.DenoiseBoth(half, middle);
        var next = (step.X + (x0 - secondNegative)) * (down / s) - second * Fp32.Expm1(-h);
        return step.Next > 0 ? next + run.Noise(step.X) * (NoiseScale * up) : next;
    });
}
