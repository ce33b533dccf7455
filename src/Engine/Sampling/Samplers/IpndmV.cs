using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Improved pseudo linear multistep with weights from the step lengths (zju-pi/diff-sampler). The weights are that sampler's own
/// expression, not the textbook variable-step Adams–Bashforth.</summary>
/// <param name="MaxOrder">Slopes used at most, 1…4; 4 by default.</param>
public sealed record IpndmV(int MaxOrder = 4) : ISampler
{
    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        var slopes = new TensorHistory(run, MaxOrder);
        return run.Integrate(x, step =>
        {
            var x0 = run.Denoise(step.X, step.Sigma);
            slopes.Push((step.X - x0) / step.Sigma);
            if (step.Next == 0) return x0;
            var weights = Weights(run.Sigmas, step.Index, slopes.Count);
            var direction = slopes[0] * weights[0];
            for (int j = 1; j < weights.Length; j++) direction = direction + slopes[j] * weights[j];
            return step.X + direction * (step.Next - step.Sigma);
        });
    }

    private static double[] Weights(float[] sigmas, int i, int order)
    {
        if (order == 1) return [1];
        double h = Length(0), h1 = Length(1), lead = (2 + h / h1) / 2, lag = -(h / h1) / 2;
        if (order == 2) return [lead, lag];

        double h2 = Length(2);
        double t = (1 - h / (3 * (h + h1)) * (h * (h + h1)) / (h1 * (h1 + h2))) / 2;
        if (order == 3) return [lead + t, lag - (1 + h1 / h2) * t, t * h1 / h2];

        double h3 = Length(3);
        double t2 = ((1 - h / (3 * (h + h1))) / 2 + (1 - h / (2 * (h + h1))) * h / (6 * (h + h1 + h2)))
            * (h * (h + h1) * (h + h1 + h2)) / (h1 * (h1 + h2) * (h1 + h2 + h3));
        double q = h1 * (h1 + h2) / (h2 * (h2 + h3));
        return
        [
            lead + t + t2,
            lag - (1 + h1 / h2) * t - (1 + h1 / h2 + q) * t2,
            t * h1 / h2 + (h1 / h2 + q * (1 + h2 / h3)) * t2,
            -t2 * q * h1 / h2,
        ];

        double Length(int back) => sigmas[i - back + 1] - (double)sigmas[i - back];
    }
}
