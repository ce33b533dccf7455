using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Noise added before a step (Karras 2022, arXiv 2206.00364, algorithm 2).</summary>
/// <param name="Amount">Total churn over the run; 0 (default) adds none.</param>
/// <param name="SigmaMin">Least level that is churned; 0 by default.</param>
/// <param name="SigmaMax">Highest level that is churned; no limit by default.</param>
/// <param name="NoiseScale">Scale of the added noise; 1 by default.</param>
public sealed record Churn(float Amount = 0, float SigmaMin = 0, float SigmaMax = float.PositiveInfinity, float NoiseScale = 1)
{
    /// <summary>The latent and the level after churning.</summary>
    internal (Tensor X, float Sigma) Apply(SamplingRun run, SamplingRun.Step step, Tensor? drawn = null)
    {
        double gamma = step.Sigma >= SigmaMin && step.Sigma <= SigmaMax ? Math.Min(Amount / (double)run.Steps, Math.Sqrt(2) - 1) : 0;
        float sigma = step.Sigma * (float)(gamma + 1);
        if (gamma <= 0) return (step.X, sigma);
        var noise = (drawn ?? run.GlobalNoise(step.X)) * NoiseScale;
        return (step.X + noise * MathF.Sqrt(sigma * sigma - step.Sigma * step.Sigma), sigma);
    }
}
