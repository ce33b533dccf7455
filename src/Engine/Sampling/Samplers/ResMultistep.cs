using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Refined exponential solver, second order multistep (arXiv 2308.02157).</summary>
/// <param name="Eta">Share of fresh noise; 0 by default, 1 in the ancestral variants.</param>
/// <param name="CfgPp">Take directions from the negative prediction (CFG++, arXiv 2406.08070).</param>
/// <param name="NoiseScale">Scale of the noise; 1 by default.</param>
public sealed record ResMultistep(float Eta = 0, bool CfgPp = false, float NoiseScale = 1) : ISampler
{
    /// <inheritdoc/>
    public bool NeedsNegative => CfgPp;

    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        var history = new TensorHistory(run, 1);
        float previousDown = 0;
        return run.Integrate(x, step =>
        {
            var (x0, negative) = run.DenoiseBoth(step.X, step.Sigma);
            var (down, up) = Ancestral.Split(step.Sigma, step.Next, Eta);
            var next = history.Count == 0 || down == 0
                ? FirstOrder(step, x0, negative, down)
                : SecondOrder(run, step, x0, negative, history[0], down, previousDown);
            if (step.Next > 0) next = next + run.Noise(step.X) * (NoiseScale * up);
            history.Push(CfgPp ? negative : x0);
            previousDown = down;
            return next;
        });
    }

    private Tensor FirstOrder(SamplingRun.Step step, Tensor x0, Tensor negative, float down) => CfgPp
        ? x0 + (step.X - negative) / step.Sigma * down
        : step.X + (step.X - x0) / step.Sigma * (down - step.Sigma);

    private Tensor SecondOrder(
        SamplingRun run, SamplingRun.Step step, Tensor x0, Tensor negative, Tensor old, float down, float previousDown)
    {
        float lambda = -Fp32.Log(step.Sigma), h = -Fp32.Log(down) - lambda;
        float c2 = (-Fp32.Log(run.Sigmas[step.Index - 1]) + Fp32.Log(previousDown)) / h;
        float phi1 = Fp32.Expm1(-h) / -h, phi2 = (phi1 - 1) / -h;
        float b1 = NotNaN(phi1 - phi2 / c2), b2 = NotNaN(phi2 / c2);
        var x = CfgPp ? step.X + (x0 - negative) : step.X;
        return x * Fp32.Exp(-h) + ((CfgPp ? negative : x0) * b1 + old * b2) * h;
    }

    private static float NotNaN(float value) => float.IsNaN(value) ? 0 : value;
}
