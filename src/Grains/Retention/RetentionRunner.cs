using System.Collections.Immutable;
using Farm.Contracts.Retention;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Retention;

/// <summary>Goes through all kinds and tenants once, to remove or only to look.</summary>
internal sealed class RetentionRunner(
    IEnumerable<IRetained> kinds, RetentionRules rules, IOptions<RetentionOptions> options, RetentionInstruments instruments, TimeProvider clock)
{
    private const int Samples = 5;

    /// <summary>The rules.</summary>
    public ImmutableArray<RetentionRuleInfo> Rules => [.. rules.Describe(kinds)];

    /// <summary>What a run would remove.</summary>
    public async Task<ImmutableArray<RetentionFound>> LookAsync(CancellationToken cancel)
    {
        var found = new List<RetentionFound>();
        await foreach (var kind in RunAsync(remove: false, cancel)) found.Add(kind);
        return [.. found];
    }

    /// <summary>Runs, and tells of each kind when it is through with it.</summary>
    public async IAsyncEnumerable<RetentionFound> RunAsync(bool remove, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var group in kinds.GroupBy(kind => kind.Kind, StringComparer.Ordinal))
        {
            var found = new RetentionFound { Kind = group.Key };
            foreach (var kind in group)
                foreach (var tenant in await kind.TenantsAsync(cancel))
                    if (rules.LimitOf(kind, tenant) is { IsAny: true } limit)
                        found = await GoThroughAsync(kind, tenant, limit, remove, found, cancel);
            if (remove) instruments.Removed(found);
            yield return found;
        }
    }

    private async Task<RetentionFound> GoThroughAsync(IRetained kind, string tenant, RetentionLimit limit, bool remove, RetentionFound found, CancellationToken cancel)
    {
        var counted = 0;
        await foreach (var step in kind.StepsAsync(tenant, limit, remove, cancel))
        {
            found = Add(found, step);
            counted += step.Items.Count + (int)step.Held;
            if (!remove && counted >= options.Value.MostCounted) return found with { HasMore = true };
            if (remove && options.Value.Pause > TimeSpan.Zero) await Task.Delay(options.Value.Pause, clock, cancel);
        }
        return found;
    }

    private static RetentionFound Add(RetentionFound found, RetentionStep step) => found with
    {
        Count = found.Count + step.Items.Count,
        Bytes = found.Bytes + step.Items.Sum(item => item.Bytes),
        Held = found.Held + step.Held,
        Failed = found.Failed + step.Failed,
        Oldest = step.Items.Select(item => (DateTimeOffset?)item.At).Append(found.Oldest).Min(),
        Newest = step.Items.Select(item => (DateTimeOffset?)item.At).Append(found.Newest).Max(),
        Samples = [.. found.Samples.Concat(step.Items.Select(item => item.Name)).Take(Samples)],
        Note = step.Note ?? found.Note,
    };
}
