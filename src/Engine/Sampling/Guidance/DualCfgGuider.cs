using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Two conditionings with a scale each, as for instruction and picture (arXiv 2211.09800). Pre hooks are not run.</summary>
/// <param name="model">The network.</param>
/// <param name="positive">The first conditioning.</param>
/// <param name="middle">The second conditioning.</param>
/// <param name="negative">What to steer away from.</param>
/// <param name="positiveScale">Scale of the first against the second.</param>
/// <param name="middleScale">Scale of the second against the negative.</param>
/// <param name="nested">Guide the first by the second and that by the negative, instead of adding the two differences.</param>
/// <param name="hooks">Changes to the inner guidance; none by default.</param>
public sealed class DualCfgGuider(
    IDiffusionModel model,
    IReadOnlyList<ConditioningEntry> positive,
    IReadOnlyList<ConditioningEntry> middle,
    IReadOnlyList<ConditioningEntry> negative,
    float positiveScale,
    float middleScale,
    bool nested = false,
    GuidanceHooks? hooks = null)
    : Guider(model)
{
    private readonly GuidanceHooks _hooks = (hooks ?? GuidanceHooks.None) with { Before = [] };

    /// <inheritdoc/>
    public override Denoised Denoise(Tensor x, float sigma, bool needsNegative) => nested ? Nested(x, sigma) : Regular(x, sigma, needsNegative);

    private Denoised Regular(Tensor x, float sigma, bool needsNegative)
    {
        bool needNegative = needsNegative || !GuidanceScale.IsOne(middleScale);
        bool needMiddle = needNegative || !GuidanceScale.IsOne(positiveScale);
        List<IReadOnlyList<ConditioningEntry>> sets = [];
        if (needNegative) sets.Add(negative);
        if (needMiddle) sets.Add(middle);
        sets.Add(positive);

        var outputs = ConditioningBatch.Evaluate(Model, x, sigma, sets, Random);
        var p = outputs[^1];
        var m = needMiddle ? outputs[^2] : zeros_like(x);
        var u = needNegative ? outputs[0] : zeros_like(x);
        var inner = _hooks.Apply(Inner(x, sigma, middleScale, middle, negative), new GuidancePair(m, u), hasBoth: true);
        return inner with { X0 = inner.X0 + (p - m) * positiveScale };
    }

    private Denoised Nested(Tensor x, float sigma)
    {
        var outputs = ConditioningBatch.Evaluate(Model, x, sigma, [negative, middle, positive], Random);
        var inner = _hooks.Apply(Inner(x, sigma, positiveScale, positive, middle), new GuidancePair(outputs[2], outputs[1]), hasBoth: true);
        return new Denoised(outputs[0] + (inner.X0 - outputs[0]) * middleScale, outputs[0]);
    }

    /// <summary>The guidance between two of the three, as hooks see it.</summary>
    private GuidanceCall Inner(Tensor x, float sigma, float scale, IReadOnlyList<ConditioningEntry> towards, IReadOnlyList<ConditioningEntry> from) =>
        new(Model, x, sigma, scale) { Positive = towards, Negative = from, Random = Random };
}
