using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Single steps of DPM-Solver (arXiv 2206.00927) over τ = −ln σ, of orders that share noise predictions.</summary>
internal sealed class DpmSolver(SamplingRun run, Tensor x, float from)
{
    private readonly Dictionary<string, Tensor> _predictions = [];

    public static float Tau(float sigma) => -Fp32.Log(sigma);

    public static float Sigma(float tau) => Fp32.Exp(-tau);

    /// <summary>Order 1, the exponential Euler step.</summary>
    public Tensor First(float to) => x - Start() * (Sigma(to) * Fp32.Expm1(to - from));

    /// <summary>Order 2 with the middle point at <paramref name="r1"/>.</summary>
    public Tensor Second(float to, float r1 = 0.5f)
    {
        float h = to - from, middle = from + r1 * h;
        var eps = Start();
        var eps1 = Predict($"r1={r1}", () => x - eps * (Sigma(middle) * Fp32.Expm1(r1 * h)), middle);
        float sigma = Sigma(to), growth = Fp32.Expm1(h);
        return x - eps * (sigma * growth) - (eps1 - eps) * (sigma / (2 * r1) * growth);
    }

    /// <summary>Order 3 with points at a third and two thirds.</summary>
    public Tensor Third(float to)
    {
        const float r1 = 1 / 3f, r2 = 2 / 3f;
        float h = to - from, first = from + r1 * h, second = from + r2 * h;
        var eps = Start();
        var eps1 = Predict($"r1={r1}", () => x - eps * (Sigma(first) * Fp32.Expm1(r1 * h)), first);
        var eps2 = Predict("r2", () => x - eps * (Sigma(second) * Fp32.Expm1(r2 * h))
            - (eps1 - eps) * (Sigma(second) * (r2 / r1) * (Fp32.Expm1(r2 * h) / (r2 * h) - 1)), second);
        return x - eps * (Sigma(to) * Fp32.Expm1(h)) - (eps2 - eps) * (Sigma(to) / r2 * (Fp32.Expm1(h) / h - 1));
    }

    /// <summary>The level to step to when fresh noise follows, and that noise's scale.</summary>
    public (float To, float Up) Split(float to, float end, float eta)
    {
        if (eta == 0) return (to, 0);
        var (down, _) = Ancestral.Split(Sigma(from), Sigma(to), eta);
        float lower = MathF.Min(end, Tau(down)), sigma = Sigma(to), sigmaLower = Sigma(lower);
        return (lower, MathF.Sqrt(sigma * sigma - sigmaLower * sigmaLower));
    }

    private Tensor Start() => Predict("start", () => x, from);

    private Tensor Predict(string point, Func<Tensor> at, float tau)
    {
        if (_predictions.TryGetValue(point, out var known)) return known;
        var (value, sigma) = (at(), Sigma(tau));
        return _predictions[point] = (value - run.Denoise(value, sigma)) / sigma;
    }
}
