using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Improved pseudo linear multistep (arXiv 2204.13902; zju-pi/diff-sampler): fixed Adams–Bashforth weights.</summary>
/// <param name="MaxOrder">Slopes used at most, 1…4; 4 by default.</param>
public sealed record Ipndm(int MaxOrder = 4) : ISampler
{
    private static readonly double[][] Weights =
        [[1], [3 / 2d, -1 / 2d], [23 / 12d, -16 / 12d, 5 / 12d], [55 / 24d, -59 / 24d, 37 / 24d, -9 / 24d]];

    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        var slopes = new TensorHistory(run, MaxOrder);
        return run.Integrate(x, step =>
        {
            var x0 = run.Denoise(step.X, step.Sigma);
            slopes.Push((step.X - x0) / step.Sigma);
            if (step.Next == 0) return x0;
            var weights = Weights[slopes.Count - 1];
            var direction = slopes[0] * weights[0];
            for (int j = 1; j < weights.Length; j++) direction = direction + slopes[j] * weights[j];
            return step.X + direction * (step.Next - step.Sigma);
        });
    }
}
