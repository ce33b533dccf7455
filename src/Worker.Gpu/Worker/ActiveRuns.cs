using System.Collections.Concurrent;
using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;

namespace Farm.Worker;

/// <summary>The leases that the worker holds, and how to stop their runs.</summary>
internal sealed class ActiveRuns
{
    private readonly ConcurrentDictionary<Guid, (Lease Lease, RunReporter? Reporter)> _runs = new();

    /// <summary>All leases.</summary>
    public ImmutableArray<Lease> Leases => [.. _runs.Values.Select(r => r.Lease)];

    /// <summary>Where their runs stand.</summary>
    public ImmutableArray<RunningNode> Nodes => [.. _runs.Values.Select(r => r.Reporter?.Track.Node).OfType<RunningNode>()];

    /// <summary>How many.</summary>
    public int Count => _runs.Count;

    /// <summary>A lease came in.</summary>
    public void Add(Lease lease) => _runs[lease.RunId] = (lease, null);

    /// <summary>Whether the lease is still the worker's.</summary>
    public bool Holds(Lease lease) => _runs.TryGetValue(lease.RunId, out var run) && run.Lease == lease;

    /// <summary>Its run has begun.</summary>
    public void Started(Lease lease, RunReporter reporter) => _runs[lease.RunId] = (lease, reporter);

    /// <summary>The lease is done with; a later attempt of the run stays.</summary>
    public void Remove(Lease lease)
    {
        if (_runs.TryGetValue(lease.RunId, out var run) && run.Lease == lease)
            _runs.TryRemove(KeyValuePair.Create(lease.RunId, run));
    }

    /// <summary>The farm has taken a lease away.</summary>
    public void Abandon(Guid runId)
    {
        if (!_runs.TryGetValue(runId, out var run))
            return;
        if (run.Reporter is { } reporter)
            reporter.Stop(RunOrder.Abandon);
        else
            Remove(run.Lease);
    }

    /// <summary>The worker stops: all that still runs is given back.</summary>
    public void GiveBackAll()
    {
        foreach (var (lease, reporter) in _runs.Values)
        {
            if (reporter is not null)
                reporter.GiveBack();
            else
                Remove(lease);
        }
    }
}
