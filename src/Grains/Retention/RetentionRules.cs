using Farm.Contracts.Retention;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Retention;

/// <summary>What is past its time.</summary>
/// <param name="Before">What is older; null for nothing by age.</param>
/// <param name="Keep">What is beyond so many of the newest; null for nothing by count.</param>
internal readonly record struct RetentionLimit(DateTimeOffset? Before, long? Keep)
{
    /// <summary>Whether anything may go.</summary>
    public bool IsAny => Before is not null || Keep is not null;
}

/// <summary>Which rule counts for whom: a tenant's own, else the farm's, else the kind's default.</summary>
internal sealed class RetentionRules(IOptions<RetentionOptions> options, TimeProvider clock)
{
    private readonly RetentionOptions _options = options.Value;

    /// <summary>What may go of a kind and tenant now.</summary>
    public RetentionLimit LimitOf(IRetained kind, string tenant)
    {
        var own = _options.Of.TryGetValue(tenant, out var given) ? Find(given.Rules, kind) : null;
        var (age, count) = Of(kind, own);
        return new RetentionLimit(age is { } time ? clock.GetUtcNow() - time : null, count);
    }

    /// <summary>The rules as they are told.</summary>
    public IEnumerable<RetentionRuleInfo> Describe(IEnumerable<IRetained> kinds)
    {
        foreach (var kind in kinds.DistinctBy(kind => kind.Kind, StringComparer.Ordinal))
        {
            var (age, count) = Of(kind, null);
            yield return new RetentionRuleInfo(kind.Kind, null, age, count);
            foreach (var (tenant, rules) in _options.Of)
            {
                if (Find(rules.Rules, kind) is not { } own) continue;
                var (itsAge, itsCount) = Of(kind, own);
                yield return new RetentionRuleInfo(kind.Kind, tenant, itsAge, itsCount);
            }
        }
    }

    private (TimeSpan? Age, long? Count) Of(IRetained kind, RetentionRule? own)
    {
        var farm = Find(_options.Rules, kind);
        var age = own?.Age ?? farm?.Age ?? kind.DefaultAge;
        var count = own?.Count ?? farm?.Count ?? 0;
        return (age == TimeSpan.Zero ? null : age, count == 0 ? null : count);
    }

    private static RetentionRule? Find(IDictionary<string, RetentionRule> rules, IRetained kind) => rules.TryGetValue(kind.Kind, out var rule) ? rule : null;
}
