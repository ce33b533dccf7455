using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Latent consistency sampling (arXiv 2310.04378) on a latent that grows during the first steps, evenly up to a ratio.</summary>
/// <param name="Ratio">Sides at the end to those at the beginning.</param>
/// <param name="GrowingSteps">Steps that grow; null for the first half of the walk.</param>
/// <param name="Resize">Resizes a latent to a width and a height; a new tensor.</param>
public sealed record LcmUpscale(double Ratio, int? GrowingSteps, Func<Tensor, long, long, Tensor> Resize) : ISampler
{
    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        var (height, width) = (x.shape[^2], x.shape[^1]);
        var growing = Math.Clamp(GrowingSteps ?? Math.Max(1, run.Steps / 2), 0, run.Steps);
        return run.Integrate(x, step =>
        {
            var x0 = run.Denoise(step.X, step.Sigma);
            if (step.Index < growing)
            {
                var scale = 1 + (Ratio - 1) * (step.Index + 1) / growing;
                x0 = Resize(x0, Side(width * scale), Side(height * scale));
            }
            return step.Next > 0 ? run.Model.AddNoise(run.Noise(x0), x0, step.Next) : x0;
        });
    }

    private static long Side(double side) => Math.Max(1, (long)Math.Round(side, MidpointRounding.ToEven));
}
