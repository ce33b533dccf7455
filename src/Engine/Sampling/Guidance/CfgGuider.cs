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
        bool both = needsNegative || _hooks.NeedsNegative || !GuidanceScale.IsOne(scale);
        var call = new GuidanceCall(Model, x, sigma, scale) { Positive = Positive, Negative = Negative, Random = Random };
        return _hooks.Apply(call, Evaluate(call, both), both);
    }

    private GuidancePair Evaluate(GuidanceCall call, bool both)
    {
        if (!both) return new GuidancePair(call.Evaluate(Positive), zeros_like(call.X));
        if (_hooks.NegativePatches?.Invoke(call) is { } patches) return new GuidancePair(call.Evaluate(Positive), call.Evaluate(Negative, patches: patches));
        var outputs = ConditioningBatch.Evaluate(Model, call.X, call.Sigma, [Positive, Negative], Random);
        return new GuidancePair(outputs[0], outputs[1]);
    }
}
