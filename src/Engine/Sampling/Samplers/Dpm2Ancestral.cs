using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>DPM-Solver-2 (arXiv 2206.00927) with ancestral noise, in k-diffusion's form.</summary>
/// <param name="Eta">Share of fresh noise; 1 by default.</param>
/// <param name="NoiseScale">Scale of the noise; 1 by default.</param>
public sealed record Dpm2Ancestral(float Eta = 1, float NoiseScale = 1) : ISampler
{
    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x) => run.Integrate(x, step =>
    {
        float up, down, scale = 1;
        if (run.Model.IsFlow) (down, scale, up) = Ancestral.SplitFlow(step.Sigma, step.Next, Eta);
        else (down, up) = Ancestral.Split(step.Sigma, step.Next, Eta);

        var d = (step.X - run.Denoise(step.X, step.Sigma)) / step.Sigma;
        if (down == 0) return step.X + d * (down - step.Sigma);
        float middle = Fp32.Exp(0.5f * (Fp32.Log(step.Sigma) + Fp32.Log(down)));
        var half = step.X + d * (middle - step.Sigma);
        var next = step.X + (half - run.Denoise(half, middle)) / middle * (down - step.Sigma);
        return next * scale + run.Noise(step.X) * (NoiseScale * up);
    });
}
