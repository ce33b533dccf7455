using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>DPM-Solver++(2S) as an SDE solver over a Brownian path (arXiv 2211.01095, k-diffusion).</summary>
/// <param name="Eta">Share of fresh noise; 1 by default.</param>
/// <param name="NoiseScale">Scale of the noise; 1 by default.</param>
/// <param name="R">Where in λ the middle point lies; ½ by default.</param>
public sealed record DpmPpSde(float Eta = 1, float NoiseScale = 1, float R = 0.5f) : ISampler
{
    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        if (run.Steps < 1) return x;
        var brownian = run.Brownian(x);
        run.NudgeFirstSigma();
        return run.Integrate(x, step =>
        {
            var x0 = run.Denoise(step.X, step.Sigma);
            if (step.Next == 0) return x0;
            float lambda = run.Model.HalfLogSnr(step.Sigma), lambdaNext = run.Model.HalfLogSnr(step.Next);
            float lambdaMiddle = lambda + R * (lambdaNext - lambda), middle = run.Model.SigmaOf(lambdaMiddle);

            var half = Stage(run, brownian, step, x0, lambda, lambdaMiddle, middle);
            var second = run.Denoise(half, middle);
            float weight = 1 / (2 * R);
            return Stage(run, brownian, step, x0 * (1 - weight) + second * weight, lambda, lambdaNext, step.Next);
        });
    }

    private Tensor Stage(
        SamplingRun run, BrownianTree brownian, SamplingRun.Step step, Tensor x0, float lambda, float lambdaTo, float sigmaTo)
    {
        float alpha = AlphaAt(step.Sigma, lambda), alphaTo = AlphaAt(sigmaTo, lambdaTo);
        var (down, up) = Ancestral.Split(Fp32.Exp(-lambda), Fp32.Exp(-lambdaTo), Eta);
        float h = -Fp32.Log(down) - lambda;
        var next = step.X * (alphaTo / alpha * Fp32.Exp(-h)) - x0 * (alphaTo * Fp32.Expm1(-h));
        if (Eta <= 0 || NoiseScale <= 0) return next;
        return next + brownian.Normalised(step.Sigma, sigmaTo) * (alphaTo * NoiseScale * up);

        float AlphaAt(float sigma, float halfLogSnr) => run.Model.IsFlow ? sigma * Fp32.Exp(halfLogSnr) : 1;
    }
}
