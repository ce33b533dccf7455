using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Classifier-free guidance (arXiv 2207.12598): u + g(p − u). At g = 1 the negative is not evaluated.</summary>
/// <param name="model">The network.</param>
/// <param name="positive">What to draw.</param>
/// <param name="negative">What to steer away from.</param>
/// <param name="scale">g.</param>
/// <param name="hooks">Changes to the guidance; none by default.</param>
public sealed class CfgGuider(
    IDiffusionModel model,
    IReadOnlyList<ConditioningEntry> positive,
    IReadOnlyList<ConditioningEntry> negative,
    float scale,
    GuidanceHooks? hooks = null)
    : Guider(model)
{
    private readonly GuidanceHooks _hooks = hooks ?? GuidanceHooks.None;

    /// <summary>What to draw.</summary>
    public IReadOnlyList<ConditioningEntry> Positive { get; } = positive;

    /// <summary>What to steer away from.</summary>
    public IReadOnlyList<ConditioningEntry> Negative { get; } = negative;

    /// <inheritdoc/>
    public override Denoised Denoise(Tensor x, float sigma, bool needsNegative)
    {
        var call = new GuidanceCall(this, x, sigma, scale);
        var pair = Evaluate(x, sigma, needsNegative || _hooks.NeedsNegative || !IsOne(scale));
        foreach (var hook in _hooks.Before) pair = hook(call, pair);
        var mixed = _hooks.Mix is { } mix ? mix(call, pair) : pair.Negative + (pair.Positive - pair.Negative) * scale;
        foreach (var hook in _hooks.After) mixed = hook(call, pair, mixed);
        return new Denoised(mixed, pair.Negative);
    }

    private GuidancePair Evaluate(Tensor x, float sigma, bool both)
    {
        if (!both) return new GuidancePair(ConditioningBatch.Evaluate(Model, x, sigma, [Positive])[0], zeros_like(x));
        var outputs = ConditioningBatch.Evaluate(Model, x, sigma, [Positive, Negative]);
        return new GuidancePair(outputs[0], outputs[1]);
    }

    private static bool IsOne(float scale) => Math.Abs(scale - 1) <= 1e-9;
}
