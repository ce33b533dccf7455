using System.Collections.Immutable;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;

namespace Farm.Grains.Scheduling;

/// <summary>What operators see and change. A change is stored first: what was answered holds after any restart.</summary>
internal sealed partial class SchedulerGrain : ISchedulerControlGrain
{
    private readonly PausedPools _paused = new();
    private readonly WaitingClaims _resting = new();

    /// <inheritdoc/>
    public Task<ImmutableArray<PoolInfo>> PoolsAsync() => Task.FromResult(new QueueReport(_queue, _roster, _paused).Pools());

    /// <inheritdoc/>
    public async Task<bool> PausePoolAsync(string pool)
    {
        if (_paused.Contains(pool)) return false;
        var now = _clock.GetUtcNow();
        await _store.PausePoolAsync(pool, now);
        if (!_paused.Pause(pool, now)) return false;
        SchedulingLog.PoolPaused(_logger, pool);
        Rest();
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> ResumePoolAsync(string pool)
    {
        if (!_paused.Contains(pool)) return false;
        await _store.ResumePoolAsync(pool);
        if (!_paused.Resume(pool)) return false;
        SchedulingLog.PoolResumed(_logger, pool);
        Rest();
        return true;
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<TenantLoad>> TenantsAsync() => Task.FromResult(new QueueReport(_queue, _roster, _paused).Tenants(_shares, _quotas));

    /// <inheritdoc/>
    public Task<ImmutableArray<WorkerStanding>> StandingsAsync() => Task.FromResult(new QueueReport(_queue, _roster, _paused).Workers(_health));

    /// <inheritdoc/>
    public async Task<bool> PutAsideAsync(string workerId, string reason)
    {
        if (_health.IsSetAside(workerId)) return false;
        var worker = new SetAsideWorker(workerId, WorkerFault.Operator, reason, _clock.GetUtcNow());
        await _store.SetAsideAsync(worker);
        _health.Restore(worker);
        SchedulingLog.PutAside(_logger, workerId);
        Rest();
        return true;
    }

    /// <inheritdoc/>
    public async Task<double> NumberAtAsync(string tenant, QueueEnd end)
    {
        // Clients may give numbers so large that one more is the same.
        if (end == QueueEnd.Front)
        {
            var least = Math.Min(0, _queue.Tenant(tenant)?.Numbers()?.Least ?? 0);
            return Math.Max(double.MinValue, Math.Min(least - 1, Math.BitDecrement(least)));
        }
        var drawn = await _numbers.DrawAsync(tenant);
        var most = _queue.Tenant(tenant)?.Numbers()?.Most ?? 0;
        return Math.Min(double.MaxValue, Math.Max(drawn, Math.Max(most + 1, Math.BitIncrement(most))));
    }

    /// <inheritdoc/>
    public Task<bool> MoveAsync(QueueEntry entry)
    {
        if (_queue.Move(entry) is not { } item) return Task.FromResult(false);
        Offer(item);
        return Task.FromResult(true);
    }

    /// <summary>Who rests has changed: waiting requests are looked at anew. Those of workers that rest now must not be given anything.</summary>
    private void Rest()
    {
        foreach (var worker in _roster.Living) worker.Rests = Rests(worker);
        _claims.Dismiss(claim => claim.Worker.Rests);
        _resting.Dismiss(claim => !claim.Worker.Rests);
    }

    private bool Rests(KnownWorker worker) => _health.IsSetAside(worker.Id) || _paused.Contains(worker.Profile.Pool);
}
