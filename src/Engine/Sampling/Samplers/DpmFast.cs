using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>DPM-Solver-fast (arXiv 2206.00927): as many evaluations as there are steps, in solver steps of order 3, 2 and 1. Only the ends
/// of the noise levels count; it stops at the last level above zero.</summary>
/// <param name="Eta">Share of fresh noise; 0 by default.</param>
/// <param name="NoiseScale">Scale of the noise; 1 by default.</param>
public sealed record DpmFast(float Eta = 0, float NoiseScale = 1) : ISampler
{
    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        if (run.Steps < 1) return x;
        float end = run.Sigmas[^1] > 0 ? run.Sigmas[^1] : run.Sigmas[^2];
        int[] orders = Orders(run.Steps);
        float[] taus = Linspace(DpmSolver.Tau(run.Sigmas[0]), DpmSolver.Tau(end), orders.Length + 1);
        for (int i = 0; i < orders.Length; i++)
        {
            using var scope = run.BeginStep(i);
            var solver = new DpmSolver(run, x, taus[i]);
            var (to, up) = solver.Split(taus[i + 1], taus[^1], Eta);
            var next = orders[i] switch { 1 => solver.First(to), 2 => solver.Second(to), _ => solver.Third(to) };
            run.Replace(ref x, next + run.Noise(x) * (up * NoiseScale));
        }

        return x;
    }

    private static int[] Orders(int evaluations)
    {
        int steps = evaluations / 3 + 1, rest = evaluations % 3;
        return rest == 0 ? [.. Enumerable.Repeat(3, steps - 2), 2, 1] : [.. Enumerable.Repeat(3, steps - 1), rest];
    }

    private static float[] Linspace(float from, float to, int count)
    {
        using var points = linspace(from, to, count);
        return [.. points.data<float>()];
    }
}
