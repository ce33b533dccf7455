using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;

namespace Farm.Gateway.Tests.Fakes;

/// <summary>What operators do with the scheduler: noted, and answered from what the test put here.</summary>
internal sealed partial class FakeFarm : ISchedulerControlGrain
{
    /// <summary>Prompts that wait or run.</summary>
    public List<(string Tenant, QueuedRun Run)> Queued { get; } = [];

    /// <summary>Living workers.</summary>
    public List<WorkerInfo> Workers { get; } = [];

    public HashSet<string> Paused { get; } = new(StringComparer.Ordinal);

    public List<WorkerStanding> Standings { get; } = [];

    public List<PromptMove> Moves { get; } = [];

    Task<ImmutableArray<PoolInfo>> ISchedulerControlGrain.PoolsAsync() => Task.FromResult<ImmutableArray<PoolInfo>>(
        [.. Paused.Append("").Distinct().Order(StringComparer.Ordinal).Select(name => new PoolInfo
        {
            Name = name,
            PausedAt = Paused.Contains(name) ? DateTimeOffset.UnixEpoch : null,
            Waiting = 2,
            OldestSince = DateTimeOffset.UnixEpoch,
        })]);

    Task<bool> ISchedulerControlGrain.PausePoolAsync(string pool) => Task.FromResult(Paused.Add(pool));

    Task<bool> ISchedulerControlGrain.ResumePoolAsync(string pool) => Task.FromResult(Paused.Remove(pool));

    Task<ImmutableArray<TenantLoad>> ISchedulerControlGrain.TenantsAsync() =>
        Task.FromResult<ImmutableArray<TenantLoad>>([new TenantLoad { Name = "default", Waiting = 3, Running = 1, Share = 0.5, Weight = 2, OldestSince = DateTimeOffset.UnixEpoch }]);

    Task<ImmutableArray<WorkerStanding>> ISchedulerControlGrain.StandingsAsync() => Task.FromResult<ImmutableArray<WorkerStanding>>(
        [.. Standings, .. SetAside.Where(w => Standings.TrueForAll(s => s.WorkerId != w.WorkerId)).Select(w => new WorkerStanding { WorkerId = w.WorkerId, SetAside = w })]);

    Task<bool> ISchedulerControlGrain.PutAsideAsync(string workerId, string reason)
    {
        if (SetAside.Any(w => w.WorkerId == workerId))
            return Task.FromResult(false);
        SetAside = SetAside.Add(new SetAsideWorker(workerId, WorkerFault.Operator, reason, DateTimeOffset.UnixEpoch));
        return Task.FromResult(true);
    }

    Task<double> ISchedulerControlGrain.NumberAtAsync(string tenant, QueueEnd end) => Task.FromResult(end == QueueEnd.Front ? -7.0 : 70.0);

    Task<bool> ISchedulerControlGrain.MoveAsync(QueueEntry entry) => throw new NotSupportedException();

    private Task<PromptPlace?> MoveAsync(Guid run, PromptMove move)
    {
        if (Queued.Exists(q => q.Run.RunId == run && q.Run.Running))
            return Task.FromResult<PromptPlace?>(null);
        Moves.Add(move);
        return Task.FromResult<PromptPlace?>(new PromptPlace(
            move.Number ?? 3, new PromptNeeds { Pool = move.Pool ?? "", Labels = move.Labels ?? [], Priority = move.Priority ?? PriorityClass.Normal }));
    }
}
