using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>DPM-Solver++(2M) (arXiv 2211.01095).</summary>
public sealed record DpmPp2M : ISampler
{
    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        var history = new TensorHistory(run, 1);
        return run.Integrate(x, step =>
        {
            var x0 = run.Denoise(step.X, step.Sigma);
            if (step.Next == 0) return x0;
            float lambda = -Fp32.Log(step.Sigma), h = -Fp32.Log(step.Next) - lambda;
            var direction = x0;
            if (history.Count > 0)
            {
                float r = (lambda + Fp32.Log(run.Sigmas[step.Index - 1])) / h;
                direction = x0 * (1 + 1 / (2 * r)) - history[0] * (1 / (2 * r));
            }

            history.Push(x0);
            return step.X * (step.Next / step.Sigma) - direction * Fp32.Expm1(-h);
        });
    }
}
