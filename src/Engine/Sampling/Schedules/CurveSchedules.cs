using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Schedules that are a curve between the least and the highest level.</summary>
public static class CurveSchedules
{
    /// <summary>Even in σ^(1/ρ) (Karras 2022, arXiv 2206.00364, equation 5), then 0.</summary>
    public static float[] Karras(float sigmaMin, float sigmaMax, int steps, double rho = 7)
    {
        double low = Math.Pow(sigmaMin, 1 / rho), high = Math.Pow(sigmaMax, 1 / rho);
        return Curve(steps, ramp => (ramp * (low - high) + high).pow(rho));
    }

    /// <summary>Even in ln σ, then 0.</summary>
    public static float[] Exponential(float sigmaMin, float sigmaMax, int steps)
    {
        using var scope = NewDisposeScope();
        return [.. linspace(Math.Log(sigmaMax), Math.Log(sigmaMin), steps).exp().data<float>(), 0];
    }

    /// <summary>Even in ln σ to the power of ρ, then 0 (k-diffusion's polyexponential).</summary>
    public static float[] PolyExponential(float sigmaMin, float sigmaMax, int steps, double rho = 1)
    {
        using var scope = NewDisposeScope();
        var ramp = linspace(1, 0, steps).pow(rho);
        return [.. (ramp * (Math.Log(sigmaMax) - Math.Log(sigmaMin)) + Math.Log(sigmaMin)).exp().data<float>(), 0];
    }

    /// <summary>Even in arctan σ, optimal in the Kullback–Leibler sense (arXiv 2404.14507), then 0. One step has no curve and gives NaN, as recorded.</summary>
    public static float[] KlOptimal(float sigmaMin, float sigmaMax, int steps)
    {
        using var scope = NewDisposeScope();
        var part = arange(steps, dtype: ScalarType.Float32) / (steps - 1);
        return [.. (part * Math.Atan(sigmaMin) + (1 - part) * Math.Atan(sigmaMax)).tan().data<float>(), 0];
    }

    /// <summary>Even in the cumulative Laplace distribution of ln σ (arXiv 2407.03297), within the two levels; no 0 behind.</summary>
    public static float[] Laplace(float sigmaMin, float sigmaMax, int steps, double mu, double beta)
    {
        using var scope = NewDisposeScope();
        var ramp = linspace(0, 1, steps);
        var log = mu - beta * (0.5 - ramp).sign() * (1 - 2 * (0.5 - ramp).abs() + 1e-5).log();
        return [.. log.exp().clamp(sigmaMin, sigmaMax).data<float>()];
    }

    /// <summary>The continuous variance preserving schedule (arXiv 2011.13456), then 0.</summary>
    /// <param name="steps">Steps.</param>
    /// <param name="betaSlope">Growth of β over time.</param>
    /// <param name="betaMin">β at time 0.</param>
    /// <param name="end">The last time above 0.</param>
    public static float[] VariancePreserving(int steps, double betaSlope, double betaMin, double end)
    {
        using var scope = NewDisposeScope();
        var time = linspace(1, end, steps);
        return [.. ((time.square() * (betaSlope / 2) + time * betaMin).exp() - 1).sqrt().data<float>(), 0];
    }

    /// <summary>Half the steps linear down by the threshold, the rest quadratic to 0 (Mochi, genmoai/mochi).</summary>
    public static float[] LinearQuadratic(float sigmaMax, int steps, double threshold = 0.025)
    {
        if (steps == 1) return [sigmaMax, 0];
        int linear = steps / 2, quadratic = steps - linear;
        double difference = linear - threshold * steps;
        double a = difference / (linear * (double)quadratic * quadratic), b = threshold / linear - 2 * difference / ((double)quadratic * quadratic);
        return [.. Enumerable.Range(0, steps).Select(i => (float)(1 - Rise(i)) * sigmaMax), 0];

        double Rise(int i) => i < linear ? i * threshold / linear : a * i * i + b * i + a * linear * linear;
    }

    private static float[] Curve(int steps, Func<Tensor, Tensor> curve)
    {
        using var scope = NewDisposeScope();
        return [.. curve(linspace(0, 1, steps)).data<float>(), 0];
    }
}
