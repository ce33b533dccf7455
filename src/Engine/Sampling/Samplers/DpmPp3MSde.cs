using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>DPM-Solver++(3M) SDE over a Brownian path (k-diffusion).</summary>
/// <param name="Eta">Share of fresh noise; 1 by default.</param>
/// <param name="NoiseScale">Scale of the noise; 1 by default.</param>
public sealed record DpmPp3MSde(float Eta = 1, float NoiseScale = 1) : ISampler
{
    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        if (run.Steps < 1) return x;
        var brownian = run.Brownian(x);
        var history = new TensorHistory(run, 2);
        var (h1, h2) = (0f, 0f);
        run.NudgeFirstSigma();
        return run.Integrate(x, step =>
        {
            var x0 = run.Denoise(step.X, step.Sigma);
            if (step.Next == 0) return x0;
            float h = run.Model.HalfLogSnr(step.Next) - run.Model.HalfLogSnr(step.Sigma), stretched = h * (Eta + 1);
            float decay = -Fp32.Expm1(-stretched), alpha = run.Model.Alpha(step.Next);
            var next = step.X * (step.Next / step.Sigma * Fp32.Exp(-h * Eta)) + x0 * (alpha * decay);
            float phi2 = -decay / stretched + 1, phi3 = phi2 / stretched - 0.5f;
            if (history.Count == 1)
            {
                next = next + (x0 - history[0]) * (alpha * phi2 * (h / h1));
            }
            else if (history.Count == 2)
            {
                float r0 = h1 / h, r1 = h2 / h;
                var a = (x0 - history[0]) / r0;
                var b = (history[0] - history[1]) / r1;
                var first = a + (a - b) * (r0 / (r0 + r1));
                var second = (a - b) / (r0 + r1);
                next = next + first * (alpha * phi2) - second * (alpha * phi3);
            }

            history.Push(x0);
            (h1, h2) = (h, h1);
            return SdeNoise.Add(next, brownian, step, h, Eta, NoiseScale);
        });
    }
}
