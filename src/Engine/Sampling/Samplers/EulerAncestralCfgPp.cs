using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>CFG++ (arXiv 2406.08070): the noise direction is the negative prediction's, the clean latent the guided one's.</summary>
/// <param name="Eta">Share of fresh noise; 1 by default, 0 is the deterministic variant.</param>
/// <param name="NoiseScale">Scale of the noise; 1 by default.</param>
public sealed record EulerAncestralCfgPp(float Eta = 1, float NoiseScale = 1) : ISampler
{
    /// <inheritdoc/>
    public bool NeedsNegative => true;

    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x) => run.Integrate(x, step =>
    {
        var (x0, negative) = run.DenoiseBoth(step.X, step.Sigma);
        if (step.Next == 0) return x0;
        float from = run.Model.Alpha(step.Sigma), to = run.Model.Alpha(step.Next);
        var (down, up) = Ancestral.Split(step.Sigma / from, step.Next / to, Eta);
        var d = (step.X - negative * from) / step.Sigma;
        var next = x0 * to + d * (to * down);
        return Eta > 0 && NoiseScale > 0 ? next + run.Noise(step.X) * (to * NoiseScale * up) : next;
    });
}
