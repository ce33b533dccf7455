using System.Collections.Immutable;
using Farm.Contracts.Scheduling;

namespace Farm.Grains.Scheduling;

/// <summary>What is to be expected of a prompt: when it ends, by the measured times, or why it cannot begin.</summary>
internal sealed class Forecasts(FarmQueue queue, FairShares shares, WorkerRoster roster, PausedPools paused, TimeProvider clock)
{
    /// <summary>The forecast of a prompt that waits or runs.</summary>
    public PromptForecast Of(QueuedItem item)
    {
        var now = clock.GetUtcNow();
        if (item.Lease is { } lease)
        {
            var end = lease.Start + item.Shape.Expected;
            return new PromptForecast { RunId = item.RunId, PromptId = item.PromptId, End = !queue.Times.AnyMeasured ? null : end > now ? end : now };
        }
        var workers = roster.Living.Count(w => !w.Rests && w.Profile.Has(item.Requirement));
        if (workers == 0) return new PromptForecast { RunId = item.RunId, PromptId = item.PromptId, Ahead = item.Tenant.Ahead(item), Blocked = Obstacle(item.Requirement) };
        var ahead = item.Tenant.Ahead(item);
        return new PromptForecast { RunId = item.RunId, PromptId = item.PromptId, Ahead = ahead, End = queue.Times.AnyMeasured ? now + Wait(item, ahead, workers) + item.Shape.Expected : null };
    }

    /// <summary>What runs of the tenant has to end, and what is before the prompt, at the rate that the tenant's share of the workers gives.</summary>
    private TimeSpan Wait(QueuedItem item, int ahead, int workers)
    {
        var atOnce = Math.Clamp(workers * shares.ShareOf(item.Tenant), 1, item.Tenant.MaxRunning);
        return (ahead + (item.Tenant.RunningCount / 2.0)) * queue.Times.Average / atOnce;
    }

    /// <summary>The first thing that no living worker has, or why those that have all of it rest.</summary>
    private string Obstacle(Requirement requirement)
    {
        if (paused.Contains(requirement.Pool)) return requirement.Pool.Length > 0 ? $"pool '{requirement.Pool}' is paused" : "the workers that are in no pool are paused";
        ImmutableArray<WorkerProfile> living = [.. roster.Living.Select(w => w.Profile).Distinct()];
        if (living.IsEmpty) return "no worker is there";
        ImmutableArray<WorkerProfile> pool = [.. living.Where(p => p.IsIn(requirement.Pool))];
        var where = requirement.Pool.Length > 0 ? $" of pool '{requirement.Pool}'" : "";
        if (pool.IsEmpty) return requirement.Pool.Length > 0 ? $"no worker is in pool '{requirement.Pool}'" : "every worker is in a pool, and the prompt asks for none";
        ImmutableArray<WorkerProfile> labelled = [.. pool.Where(p => p.MissingLabels(requirement).IsEmpty)];
        if (labelled.IsEmpty) return $"no worker{where} has the labels {string.Join(", ", requirement.Labels.Select(l => $"'{l}'"))}";
        if (labelled.Any(p => p.Has(requirement))) return $"every worker{where} that could run it is set aside";
        var missing = labelled.Select(p => p.MissingClasses(requirement)).MinBy(m => m.Length);
        return $"no worker{where} has the node classes {string.Join(", ", missing.Select(c => $"'{c}'"))}";
    }
}
