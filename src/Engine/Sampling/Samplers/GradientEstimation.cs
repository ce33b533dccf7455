using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Gradient estimation (arXiv 2306.04848): Euler with the slope pushed beyond its last change.</summary>
/// <param name="Gamma">How far the slope is pushed; 2 by default, 1 is Euler.</param>
/// <param name="CfgPp">Take slopes from the negative prediction (CFG++, arXiv 2406.08070).</param>
public sealed record GradientEstimation(float Gamma = 2, bool CfgPp = false) : ISampler
{
    /// <inheritdoc/>
    public bool NeedsNegative => CfgPp;

    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        var slopes = new TensorHistory(run, 1);
        return run.Integrate(x, step =>
        {
            var (x0, negative) = run.DenoiseBoth(step.X, step.Sigma);
            var d = (step.X - (CfgPp ? negative : x0)) / step.Sigma;
            if (step.Next == 0) return x0;
            float dt = step.Next - step.Sigma;
            var next = CfgPp ? x0 + d * step.Next : step.X + d * dt;
            if (slopes.Count > 0) next = next + (d - slopes[0]) * ((Gamma - 1) * dt);
            slopes.Push(d);
            return next;
        });
    }
}
