using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Heun++ 2 (Carzit/sd-webui-samplers-scheduler, MIT): up to three slopes weighted by their noise levels over the first level.</summary>
public sealed record HeunPp2 : ISampler
{
    /// <summary>Noise added before steps; none by default.</summary>
    public Churn Churn { get; init; } = new();

    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x) => run.Integrate(x, step =>
    {
        var (noisy, sigma) = Churn.Apply(run, step, run.GlobalNoise(step.X)); // one draw a step, used or not
        float next = step.Next, end = run.Sigmas[^1], first = run.Sigmas[0], dt = next - sigma;
        var d = (noisy - run.Denoise(noisy, sigma)) / sigma;
        var second = noisy + d * dt;
        if (next == end) return second;

        var d2 = (second - run.Denoise(second, next)) / next;
        float afterNext = run.Sigmas[step.Index + 2];
        if (afterNext == end)
        {
            float half = next / (2 * first);
            return noisy + (d * (1 - half) + d2 * half) * dt;
        }

        var third = second + d2 * (afterNext - next);
        var d3 = (third - run.Denoise(third, afterNext)) / afterNext;
        float w2 = next / (3 * first), w3 = afterNext / (3 * first);
        return noisy + (d * (1 - w2 - w3) + d2 * w2 + d3 * w3) * dt;
    });
}
