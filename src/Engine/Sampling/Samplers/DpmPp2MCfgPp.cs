using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>DPM-Solver++(2M) (arXiv 2211.01095) with CFG++ (arXiv 2406.08070).</summary>
public sealed record DpmPp2MCfgPp : ISampler
{
    /// <inheritdoc/>
    public bool NeedsNegative => true;

    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        var negatives = new TensorHistory(run, 1);
        return run.Integrate(x, step =>
        {
            var (x0, negative) = run.DenoiseBoth(step.X, step.Sigma);
            if (step.Next == 0) return x0;
            float lambda = -Fp32.Log(step.Sigma), h = -Fp32.Log(step.Next) - lambda;
            var next = x0 + (step.X - negative) * Fp32.Exp(-h);
            if (negatives.Count > 0)
            {
                float r = (lambda + Fp32.Log(run.Sigmas[step.Index - 1])) / h;
                next = next - (x0 - negatives[0]) * (Fp32.Expm1(-h) / (2 * r));
            }

            negatives.Push(negative);
            return next;
        });
    }
}
