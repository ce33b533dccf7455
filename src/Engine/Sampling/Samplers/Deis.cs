using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>DEIS, time Adams–Bashforth (arXiv 2204.13902; zju-pi/diff-sampler): the multistep integrand is taken over variance preserving time.</summary>
/// <param name="MaxOrder">Slopes used at most; 3 by default.</param>
public sealed record Deis(int MaxOrder = 3) : ISampler
{
    private const float EpsTime = 1e-3f, SigmaMin = 0.002f, SigmaMax = 80;
    private const int Points = 10_000;

    // In fp32 throughout, as the source has them: ln(0.002² + 1) keeps two digits there, and the times of low levels hang on it.
    private static readonly float BetaSlope = 2 * (Fp32.Log(SigmaMin * SigmaMin + 1) / EpsTime - Fp32.Log(SigmaMax * SigmaMax + 1)) / (float)(1e-3 - 1);
    private static readonly float BetaMin = Fp32.Log(SigmaMax * SigmaMax + 1) - 0.5f * BetaSlope;
    private static readonly float BetaDifference = BetaSlope + BetaMin - BetaMin;

    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        var slopes = new TensorHistory(run, MaxOrder);
        return run.Integrate(x, step =>
        {
            slopes.Push((step.X - run.Denoise(step.X, step.Sigma)) / step.Sigma);
            int order = step.Next <= 0 ? 1 : slopes.Count;
            if (order == 1) return step.X + slopes[0] * (step.Next - step.Sigma);
            var weights = Weights(run.Sigmas, step.Index, order);
            var next = step.X;
            for (int j = 0; j < order; j++) next = next + slopes[j] * weights[j];
            return next;
        });
    }

    /// <summary>Weights of the last slopes over a step, newest first: a plain sum over points, both ends included, as the source has it.</summary>
    internal static float[] Weights(float[] sigmas, int index, int order)
    {
        using var scope = NewDisposeScope();
        float from = Time(sigmas[index]), to = Time(sigmas[index + 1]);
        float[] nodes = [.. Enumerable.Range(0, order).Select(k => Time(sigmas[index - k]))];
        var taus = linspace(from, to, Points);
        var integrand = Integrand(taus);
        return [.. Enumerable.Range(0, order).Select(j => Weight(j))];

        float Weight(int j)
        {
            var basis = integrand;
            for (int k = 0; k < order; k++)
                if (k != j) basis = basis * ((taus - nodes[k]) / (nodes[j] - nodes[k]));
            return basis.sum().item<float>() * (to - from) / Points;
        }
    }

    private static float Time(float sigma) => (MathF.Sqrt(BetaMin * BetaMin + 2 * BetaSlope * Fp32.Log(sigma * sigma + 1)) - BetaMin) / BetaSlope;

    private static Tensor Integrand(Tensor tau)
    {
        var slope = tau * -BetaDifference - BetaMin;
        var product = (tau.square() * (-0.5f * BetaDifference) - tau * BetaMin).exp();
        return slope * -0.5 / (product * (1 - product)).sqrt();
    }
}
