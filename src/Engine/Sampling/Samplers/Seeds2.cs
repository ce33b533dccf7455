using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>SEEDS-2 (arXiv 2305.14267): two stages of an exponential SDE solver whose noises belong to one path.</summary>
/// <param name="Eta">Share of fresh noise; 1 by default.</param>
/// <param name="NoiseScale">Scale of the noise; 1 by default.</param>
/// <param name="R">Where in λ the middle point lies; ½ by default, 1 is exponential Heun.</param>
/// <param name="Phi2">Weights from φ2 instead of the simpler φ1 form.</param>
public sealed record Seeds2(float Eta = 1, float NoiseScale = 1, float R = 0.5f, bool Phi2 = false) : ISampler
{
    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        run.NudgeFirstSigma();
        return run.Integrate(x, step =>
        {
            var x0 = run.Denoise(step.X, step.Sigma);
            if (step.Next == 0) return x0;
            var (model, s, t) = (run.Model, step.Sigma, step.Next);
            float lambda = model.HalfLogSnr(s), h = model.HalfLogSnr(t) - lambda, stretched = h * (Eta + 1);
            float middle = model.SigmaOf(lambda + R * h);
            var noise = SeedsNoise.Create(run, step.X, h, Eta, NoiseScale);

            var half = step.X * (middle / s * Fp32.Exp(-R * h * Eta)) - x0 * (model.Alpha(middle) * Fp32.Expm1(-R * stretched));
            if (noise is not null) half = half + noise.Advance(R) * (middle * NoiseScale);
            var second = run.Denoise(half, middle);

            var next = step.X * (t / s * Fp32.Exp(-h * Eta)) - Combine(x0, second, stretched) * model.Alpha(t);
            return noise is null ? next : next + noise.Advance(1) * (t * NoiseScale);
        });
    }

    private Tensor Combine(Tensor x0, Tensor second, float stretched)
    {
        float phi = Fp32.Expm1(-stretched);
        if (!Phi2) return (x0 + (second - x0) / (2 * R)) * phi;
        float b2 = (phi + stretched) / -stretched / R;
        return x0 * (phi - b2) + second * b2;
    }
}
