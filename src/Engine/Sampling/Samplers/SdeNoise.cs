using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>The noise term that the multistep SDE solvers share.</summary>
internal static class SdeNoise
{
    /// <summary>Adds the Brownian increment of the step with the variance σ²(1 − e^(−2ηh)).</summary>
    public static Tensor Add(Tensor x, BrownianTree brownian, SamplingRun.Step step, float h, float eta, float scale) =>
        eta <= 0 || scale <= 0
            ? x
            : x + brownian.Normalised(step.Sigma, step.Next) * (step.Next * MathF.Sqrt(-Fp32.Expm1(-2 * h * eta)) * scale);
}
