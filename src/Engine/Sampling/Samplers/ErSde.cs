using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Extended reverse-time SDE solver (arXiv 2309.06169) of up to three stages, over Λ = σ/α.</summary>
public sealed record ErSde : ISampler
{
    private const int IntegrationPoints = 200;

    /// <summary>Stages at most, 1…3; 3 by default.</summary>
    public int MaxStage { get; init; } = 3;

    /// <summary>Scale of the noise; 1 by default, 0 draws none.</summary>
    public float NoiseScale { get; init; } = 1;

    /// <summary>The noise scaler f(Λ); the paper's Λ(e^(Λ^0.3) + 10) by default. Λ^(η+1) is the reverse-time SDE, Λ the ODE.</summary>
    public Func<double, double> NoiseScaler { get; init; } = lambda => lambda * (Math.Exp(Math.Pow(lambda, 0.3)) + 10);

    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        run.NudgeFirstSigma();
        double[] levels = [.. run.Sigmas.Select(sigma => (double)Fp32.Exp(-run.Model.HalfLogSnr(sigma)))];
        var values = new TensorHistory(run, 1);
        var slopes = new TensorHistory(run, 1);
        return run.Integrate(x, step =>
        {
            int i = step.Index;
            var x0 = run.Denoise(step.X, step.Sigma);
            if (step.Next == 0) return x0;
            double from = levels[i], to = levels[i + 1], ratio = NoiseScaler(to) / NoiseScaler(from), delta = to - from;
            float alpha = run.Model.Alpha(step.Next), alphaRatio = alpha / run.Model.Alpha(step.Sigma);
            var next = step.X * (alphaRatio * ratio) + x0 * (alpha * (1 - ratio));

            int stage = Math.Min(MaxStage, i + 1);
            if (stage >= 2)
            {
                var (sum, weighted) = Integrals(from, to);
                var slope = (x0 - values[0]) / (from - levels[i - 1]);
                next = next + slope * (alpha * (delta + sum * NoiseScaler(to)));
                if (stage >= 3)
                {
                    var curvature = (slope - slopes[0]) / ((from - levels[i - 2]) / 2);
                    next = next + curvature * (alpha * (delta * delta / 2 + weighted * NoiseScaler(to)));
                }

                slopes.Push(slope);
            }

            values.Push(x0);
            if (NoiseScale <= 0) return next;
            double variance = to * to - from * from * ratio * ratio;
            return next + run.Noise(step.X) * (alpha * NoiseScale * (variance > 0 ? Math.Sqrt(variance) : 0));
        });
    }

    /// <summary>Left sums of ∫ 1/f and ∫ (Λ − Λs)/f over the step.</summary>
    private (double Sum, double Weighted) Integrals(double from, double to)
    {
        double width = (from - to) / IntegrationPoints, sum = 0, weighted = 0;
        for (int k = 0; k < IntegrationPoints; k++)
        {
            double point = to + k * width, inverse = 1 / NoiseScaler(point);
            sum += inverse * width;
            weighted += (point - from) * inverse * width;
        }

        return (sum, weighted);
    }
}
