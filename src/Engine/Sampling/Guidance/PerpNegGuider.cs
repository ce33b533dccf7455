using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Perp-Neg (arXiv 2304.04968): steers away only from the part of the negative that is perpendicular to the positive.</summary>
/// <param name="model">The network.</param>
/// <param name="positive">What to draw.</param>
/// <param name="negative">What to steer away from.</param>
/// <param name="empty">The conditioning of an empty text.</param>
/// <param name="scale">Guidance scale.</param>
/// <param name="negativeScale">Weight of the negative.</param>
/// <param name="hooks">Changes to the guidance; none by default.</param>
public sealed class PerpNegGuider(
    IDiffusionModel model,
    IReadOnlyList<ConditioningEntry> positive,
    IReadOnlyList<ConditioningEntry> negative,
    IReadOnlyList<ConditioningEntry> empty,
    float scale,
    float negativeScale,
    GuidanceHooks? hooks = null)
    : Guider(model)
{
    private readonly GuidanceHooks _hooks = hooks ?? GuidanceHooks.None;

    /// <inheritdoc/>
    public override Denoised Denoise(Tensor x, float sigma, bool needsNegative)
    {
        bool needNegative = !GuidanceScale.IsZero(negativeScale), needEmpty = needNegative || !GuidanceScale.IsOne(scale);
        List<IReadOnlyList<ConditioningEntry>> sets = [positive];
        if (needNegative) sets.Add(negative);
        if (needEmpty) sets.Add(empty);
        var outputs = ConditioningBatch.Evaluate(Model, x, sigma, sets, Random);
        var n = needNegative ? outputs[1] : zeros_like(x);
        var e = needEmpty ? outputs[^1] : zeros_like(x);

        var mix = _hooks with { Mix = (call, pair) => Mix(pair.Positive, pair.Negative, e, call.Scale, negativeScale) };
        return mix.Apply(new GuidanceCall(Model, x, sigma, scale) { Positive = positive, Negative = negative, Random = Random }, new GuidancePair(outputs[0], n), needNegative);
    }

    /// <summary>e + g(a − w·b⊥), with a = p − e, b = n − e, over the whole batch tensor.</summary>
    internal static Tensor Mix(Tensor positive, Tensor negative, Tensor empty, float scale, float negativeScale)
    {
        var a = positive - empty;
        var b = negative - empty;
        var perpendicular = b - a * ((a * b).sum() / a.square().sum());
        return empty + (a - perpendicular * negativeScale) * scale;
    }
}
