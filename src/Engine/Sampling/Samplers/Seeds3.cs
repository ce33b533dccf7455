using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>SEEDS-3 (arXiv 2305.14267): three stages of an exponential SDE solver whose noises belong to one path.</summary>
/// <param name="Eta">Share of fresh noise; 1 by default.</param>
/// <param name="NoiseScale">Scale of the noise; 1 by default.</param>
/// <param name="R1">Where in λ the second stage lies; ⅓ by default.</param>
/// <param name="R2">Where in λ the third stage lies; ⅔ by default.</param>
public sealed record Seeds3(float Eta = 1, float NoiseScale = 1, float R1 = 1 / 3f, float R2 = 2 / 3f) : ISampler
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
            var noise = SeedsNoise.Create(run, step.X, h, Eta, NoiseScale);

            float sigma1 = model.SigmaOf(lambda + R1 * h);
            var second = run.Denoise(Stage(R1, sigma1, x0 * Fp32.Expm1(-R1 * stretched)), sigma1);

            float sigma2 = model.SigmaOf(lambda + R2 * h), phi2 = Fp32.Expm1(-R2 * stretched);
            float a2 = R2 / R1 * (phi2 + R2 * stretched) / (-R2 * stretched);
            var third = run.Denoise(Stage(R2, sigma2, x0 * (phi2 - a2) + second * a2), sigma2);

            float phi3 = Fp32.Expm1(-stretched), b3 = (phi3 + stretched) / -stretched / R2;
            return Stage(1, t, x0 * (phi3 - b3) + third * b3);

            Tensor Stage(float fraction, float sigma, Tensor direction)
            {
                var at = step.X * (sigma / s * Fp32.Exp(-fraction * h * Eta)) - direction * model.Alpha(sigma);
                return noise is null ? at : at + noise.Advance(fraction) * (sigma * NoiseScale);
            }
        });
    }
}
