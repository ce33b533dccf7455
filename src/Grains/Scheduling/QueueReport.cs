using System.Collections.Immutable;
using Farm.Contracts.Scheduling;

namespace Farm.Grains.Scheduling;

/// <summary>The queue as operators see it: by pool, by tenant, by worker.</summary>
internal sealed class QueueReport(FarmQueue queue, WorkerRoster roster, PausedPools paused)
{
    /// <summary>All pools that there is anything to say of, by name.</summary>
    public ImmutableArray<PoolInfo> Pools()
    {
        var workers = roster.Living.CountBy(w => w.Profile.Pool, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var running = queue.Leased.CountBy(i => i.Requirement.Pool, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var waiting = queue.Depths.Read().ToLookup(d => d.Pool, StringComparer.Ordinal);
        string[] names = ["", .. workers.Keys, .. running.Keys, .. waiting.Select(w => w.Key), .. paused.Names];
        return [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => new PoolInfo
        {
            Name = name,
            PausedAt = paused.Since(name),
            Waiting = waiting[name].Sum(d => d.Count),
            Running = running.GetValueOrDefault(name),
            Workers = workers.GetValueOrDefault(name),
            OldestSince = Oldest(waiting[name]),
            WaitingSeconds = waiting[name].Sum(d => d.Seconds),
        })];
    }

    /// <summary>All tenants that have prompts, by name.</summary>
    public ImmutableArray<TenantLoad> Tenants(FairShares shares, TenantQuotas quotas)
    {
        var waiting = queue.Depths.Read().ToLookup(d => d.Tenant, StringComparer.Ordinal);
        return [.. queue.Tenants.OrderBy(t => t.Name, StringComparer.Ordinal).Select(tenant => new TenantLoad
        {
            Name = tenant.Name,
            Waiting = tenant.WaitingCount,
            Running = tenant.RunningCount,
            Share = tenant.WaitingCount > 0 ? shares.ShareOf(tenant) : 0,
            Weight = quotas.Of(tenant.Name).Weight,
            OldestSince = Oldest(waiting[tenant.Name]),
        })];
    }

    /// <summary>All workers that there is anything to say of, by name.</summary>
    public ImmutableArray<WorkerStanding> Workers(WorkerHealth health)
    {
        var living = roster.Living.ToDictionary(w => w.Id, StringComparer.Ordinal);
        var runs = queue.Leased.ToLookup(i => i.Lease!.WorkerId, StringComparer.Ordinal);
        var aside = health.SetAside.ToDictionary(w => w.WorkerId, StringComparer.Ordinal);
        string[] names = [.. living.Keys, .. runs.Select(r => r.Key).Where(name => name.Length > 0), .. aside.Keys];
        return [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => new WorkerStanding
        {
            WorkerId = name,
            Pool = living.GetValueOrDefault(name)?.Profile.Pool ?? "",
            IsPoolPaused = living.TryGetValue(name, out var worker) && paused.Contains(worker.Profile.Pool),
            SetAside = aside.GetValueOrDefault(name),
            FaultsInARow = health.FaultsInARow(name),
            Faults = health.LastFaults(name),
            Runs = [.. runs[name].OrderBy(i => i.Lease!.Order).Select(i => new LeasedRun(i.RunId, i.PromptId, i.Tenant.Name, i.Attempt, i.Lease!.Start))],
        })];
    }

    private static DateTimeOffset? Oldest(IEnumerable<QueueDepth> depths) =>
        depths.Any() ? DateTimeOffset.FromUnixTimeMilliseconds(depths.Min(d => d.Oldest)) : null;
}
