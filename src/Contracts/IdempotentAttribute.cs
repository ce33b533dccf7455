namespace Farm.Contracts;

/// <summary>
/// A call that changes nothing when it is repeated: a gateway that got no answer, because a silo died over it, calls again. Such methods
/// also name a short <see cref="ResponseTimeoutAttribute"/>: what a silo took with it is given up soon.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IdempotentAttribute : Attribute
{
    /// <summary>How long one call of such a method waits for its answer.</summary>
    public const string Patience = "00:00:06";
}
