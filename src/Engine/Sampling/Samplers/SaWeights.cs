using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Weights of SA-Solver (arXiv 2309.05019): integrals of the Lagrange basis against the exponential kernel, newest first.</summary>
internal static class SaWeights
{
    /// <summary>Solves Σ λ_k^p b_k = I_p in fp32, as the reference does.</summary>
    public static float[] Exact(float[] lambdas, float from, float to, float tau, float alpha)
    {
        int count = lambdas.Length;
        double m = 1 + tau * tau, decay = Math.Exp(-m * (to - (double)from));
        var integrals = new double[count];
        for (int p = 0; p < count; p++)
            integrals[p] = Math.Pow(to, p) - Math.Pow(from, p) * decay - (p == 0 ? 0 : p / m * integrals[p - 1]);

        var matrix = new double[count, count];
        for (int p = 0; p < count; p++)
            for (int k = 0; k < count; k++)
                matrix[p, k] = Math.Pow(lambdas[k], p);

        using var scope = NewDisposeScope();
        var solved = linalg.solve(tensor(matrix), tensor(integrals)) * alpha;
        return [.. solved.to(ScalarType.Float32).data<float>()];
    }

    /// <summary>The simplified weights of order 2.</summary>
    public static float[] Simple(float[] lambdas, float h, float tau, float alpha, bool isCorrector)
    {
        float m = 1 + tau * tau, total = -Fp32.Expm1(-m * h);
        if (isCorrector) return [0.5f * alpha * m * h, alpha * (total - 0.5f * m * h)];
        float old = alpha * (0.5f * m * h * h) / (lambdas[1] - lambdas[0]);
        return [alpha * total - old, old];
    }
}
