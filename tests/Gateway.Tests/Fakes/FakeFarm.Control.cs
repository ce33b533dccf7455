using System.Collections.Immutable;
using Farm.Contracts.Batches;
using Farm.Contracts.Ledger;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;

namespace Farm.Gateway.Tests.Fakes;

/// <summary>What operators do with the scheduler: noted, and answered from what the test put here.</summary>
internal sealed partial class FakeFarm : ISchedulerControlGrain, ILedgerGrain, IWorkerGrain, IBatchGrain
{
    /// <summary>Prompts that wait or run.</summary>
    public List<(string Tenant, QueuedRun Run)> Queued { get; } = [];

    /// <summary>Living workers.</summary>
    public List<WorkerInfo> Workers { get; } = [];

    public HashSet<string> Paused { get; } = new(StringComparer.Ordinal);

    public List<WorkerStanding> Standings { get; } = [];

    public List<PromptMove> Moves { get; } = [];

    public List<LedgerEntry> Entries { get; } = [];

    public LedgerQuery? AskedLedger { get; private set; }

    /// <summary>Submissions that history has, by run.</summary>
    public Dictionary<Guid, StoredSubmission> Stored { get; } = [];

    /// <summary>Whether the worker may end its process.</summary>
    public bool MayLeave { get; set; } = true;

    public List<bool> Drains { get; } = [];

    Task<LedgerPage> ILedgerGrain.ListAsync(LedgerQuery query)
    {
        AskedLedger = query;
        return Task.FromResult(new LedgerPage([.. Entries.Where(e => query.Tenant is null || e.Tenant == query.Tenant)], HasMore: false));
    }

    Task<ImmutableArray<LedgerEntry>> ILedgerGrain.FindAsync(string promptId, string? tenant) =>
        Task.FromResult<ImmutableArray<LedgerEntry>>([.. Entries.Where(e => e.PromptId == promptId && (tenant is null || e.Tenant == tenant))]);

    Task<bool> IWorkerGrain.DrainAsync(bool leave)
    {
        if (leave && !MayLeave)
            return Task.FromResult(false);
        Drains.Add(leave);
        return Task.FromResult(true);
    }

    Task<bool> IWorkerGrain.ResumeAsync()
    {
        var drained = Drains.Count > 0;
        Drains.Clear();
        return Task.FromResult(drained);
    }

    Task IWorkerGrain.FreeAsync(bool unloadModels, bool dropCaches) => throw new NotSupportedException();

    Task<NodeCheckResult> IWorkerGrain.ValidateAsync(NodeCheck check) => throw new NotSupportedException();

    Task<BatchAnswer?> IBatchGrain.RetryFailedAsync(string tenant)
    {
        Calls.Enqueue($"retry batch of {tenant}");
        return Task.FromResult<BatchAnswer?>(new BatchAnswer(null!, null));
    }

    Task<BatchInfo> IBatchGrain.SubmitAsync(BatchSubmission submission) => throw new NotSupportedException();

    Task<BatchInfo?> IBatchGrain.GetAsync(string tenant) => throw new NotSupportedException();

    Task<BatchAnswer?> IBatchGrain.PauseAsync(string tenant) => throw new NotSupportedException();

    Task<BatchAnswer?> IBatchGrain.ResumeAsync(string tenant) => throw new NotSupportedException();

    Task<BatchAnswer?> IBatchGrain.CancelAsync(string tenant) => throw new NotSupportedException();

    Task IBatchGrain.WakeAsync() => throw new NotSupportedException();

    Task IBatchGrain.EndedAsync(Guid runId) => throw new NotSupportedException();

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
