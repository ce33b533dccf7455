using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>DPM-Solver++(2M) SDE over a Brownian path (arXiv 2211.01095, k-diffusion).</summary>
/// <param name="Eta">Share of fresh noise; 1 by default.</param>
/// <param name="NoiseScale">Scale of the noise; 1 by default.</param>
/// <param name="HeunCorrection">Heun's second order term instead of the midpoint's.</param>
public sealed record DpmPp2MSde(float Eta = 1, float NoiseScale = 1, bool HeunCorrection = false) : ISampler
{
    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        if (run.Steps < 1) return x;
        var brownian = run.Brownian(x);
        var history = new TensorHistory(run, 1);
        float previous = 0;
        run.NudgeFirstSigma();
        return run.Integrate(x, step =>
        {
            var x0 = run.Denoise(step.X, step.Sigma);
            if (step.Next == 0) return x0;
            float h = run.Model.HalfLogSnr(step.Next) - run.Model.HalfLogSnr(step.Sigma), stretched = h * (Eta + 1);
            float decay = -Fp32.Expm1(-stretched), alpha = run.Model.Alpha(step.Next);
            var next = step.X * (step.Next / step.Sigma * Fp32.Exp(-h * Eta)) + x0 * (alpha * decay);
            if (history.Count > 0)
            {
                float correction = HeunCorrection ? decay / -stretched + 1 : 0.5f * decay;
                next = next + (x0 - history[0]) * (alpha * correction * (h / previous));
            }

            history.Push(x0);
            previous = h;
            return SdeNoise.Add(next, brownian, step, h, Eta, NoiseScale);
        });
    }
}
