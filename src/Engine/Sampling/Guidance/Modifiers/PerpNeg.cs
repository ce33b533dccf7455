namespace Farm.Engine.Sampling;

/// <summary>Perp-Neg (arXiv 2304.04968) as a mix on any guider, with the empty text evaluated in a pass of its own.</summary>
public static class PerpNeg
{
    /// <summary>The mix.</summary>
    /// <param name="empty">The conditioning of an empty text.</param>
    /// <param name="negativeScale">Weight of the negative.</param>
    public static GuidanceMix Create(IReadOnlyList<ConditioningEntry> empty, float negativeScale) =>
        (call, pair) => PerpNegGuider.Mix(pair.Positive, pair.Negative, call.Evaluate(empty), call.Scale, negativeScale);
}
