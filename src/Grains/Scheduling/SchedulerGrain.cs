using System.Collections.Immutable;
using Farm.Contracts.Catalog;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Farm.Grains.Scheduling;

/// <summary>
/// The one scheduler. Reentrant: waiting claims, announcements and losses interleave, while every change of the queue itself
/// happens within one turn.
/// </summary>
[Reentrant]
internal sealed partial class SchedulerGrain : Grain, ISchedulerGrain
{
    private readonly FarmQueue _queue;
    private readonly IQueueStore _store;
    private readonly TimeProvider _clock;
    private readonly SchedulingOptions _options;
    private readonly SchedulerInstruments _instruments;
    private readonly ILogger _logger;
    private readonly CancellationToken _stopping;
    private readonly WaitingClaims _claims = new();
    private readonly Dictionary<string, WorkerProfile> _profiles = new(StringComparer.Ordinal);
    private readonly WorkerRoster _roster;
    private readonly MemoryNeeds _memory;
    private readonly Placement _placement;
    private readonly Forecasts _forecasts;
    private readonly TenantQuotas _quotas;
    private readonly FairShares _shares;
    private readonly QueueAnnouncer _announcer;
    private readonly ClearedPrompts _cleared;
    private readonly NumberSource _numbers;
    private readonly WorkerHealth _health;
    private readonly SchedulerTerm _term;
    private readonly StrayWindow _strays;
    private readonly IClusterMembershipService _membership;
    private bool _replaced;

    public SchedulerGrain(
        FairShares shares, RankPolicy rank, TenantQuotas quotas, MemoryNeeds memory, IQueueStore store, TimeProvider clock, IOptions<SchedulingOptions> options,
        SchedulerInstruments instruments, ILogger<SchedulerGrain> logger, IGrainFactory grains, IHostApplicationLifetime host, IClusterMembershipService membership)
    {
        _queue = new FarmQueue(shares, rank, quotas, clock);
        _roster = new WorkerRoster(clock, options.Value.WorkerLife);
        _memory = memory;
        _placement = new Placement(_roster, memory, options, clock);
        _forecasts = new Forecasts(_queue, shares, _roster, _paused, clock);
        (_quotas, _shares) = (quotas, shares);
        _store = store;
        _clock = clock;
        _options = options.Value;
        _instruments = instruments;
        _logger = logger;
        _stopping = host.ApplicationStopping;
        _announcer = new QueueAnnouncer(grains, logger);
        _cleared = new ClearedPrompts(grains, clock, logger);
        _numbers = new NumberSource(store);
        _term = new SchedulerTerm(store);
        _membership = membership;
        _strays = new StrayWindow(_options, clock.GetUtcNow());
        _health = new WorkerHealth(_options.FaultLimit, _options.LeaseDuration);
    }

    private DateTimeOffset LeaseEnd => _clock.GetUtcNow() + _options.LeaseDuration;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        var graceEnd = _clock.GetUtcNow() + (_options.RecoveryGrace ?? _options.LeaseDuration);
        await _term.BeginAsync();
        await foreach (var run in _store.UnfinishedAsync(cancellationToken)) _queue.Restore(run, graceEnd);
        foreach (var worker in await _store.SetAsideAsync()) _health.Restore(worker);
        foreach (var (pool, at) in await _store.PausedPoolsAsync()) _paused.Pause(pool, at);
        await _memory.LoadAsync(cancellationToken);
        SchedulingLog.Recovered(_logger, _queue.WaitingCount, _queue.RunningCount, _clock.GetElapsedTime(started));
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        this.RegisterGrainTimer(SweepAsync, new GrainTimerCreationOptions
        {
            DueTime = TimeSpan.Zero,
            Period = _options.SweepInterval,
            Interleave = true,
            KeepAlive = true,
        });
        this.RegisterGrainTimer(_memory.SaveAsync, new GrainTimerCreationOptions { DueTime = _options.MemoryStoreInterval, Period = _options.MemoryStoreInterval, Interleave = true });
        this.RegisterGrainTimer(FindStraysAsync, new GrainTimerCreationOptions
        {
            DueTime = _options.StrayInterval,
            Period = _options.StrayInterval,
            Interleave = true,
        });
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _claims.Dismiss();
        _resting.Dismiss();
        // The scheduler lives elsewhere from now on.
        _instruments.Sizes(0, 0, 0);
        _instruments.Queue([], 0);
        _instruments.Workers([]);
        // Numbers that another scheduler draws from are not this one's to give back.
        return _replaced ? Task.CompletedTask : _numbers.ReturnAsync();
    }

    /// <inheritdoc/>
    public Task<long> DrawNumberAsync(string tenant) => _numbers.DrawAsync(tenant);

    /// <inheritdoc/>
    public Task<TimeSpan?> AdmitAsync(string tenant)
    {
        if ((_queue.Tenant(tenant)?.WaitingCount ?? 0) < _quotas.Of(tenant).MaxPending) return Task.FromResult<TimeSpan?>(null);
        // Until about one of them has begun.
        var (least, most) = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        var average = _queue.Times.Average;
        return Task.FromResult<TimeSpan?>(average < least ? least : average > most ? most : average);
    }

    /// <inheritdoc/>
    public async Task EnqueueAsync(QueueEntry entry)
    {
        if (!_cleared.TurnAway(entry) && _queue.Enqueue(entry) is { } item)
        {
            _ = _announcer.AnnounceAsync(entry.Tenant, item.Tenant.Count);
            Offer(item);
        }
        if (await _term.LastsAsync()) return;
        await LeaveAsync();
        throw new SiloUnavailableException("Another scheduler has been started: this one's silo is held for dead.");
    }

    /// <inheritdoc/>
    public async Task<Lease?> ClaimAsync(WorkerClaim claim)
    {
        var worker = _roster.Claims(claim, await ProfileOfAsync(claim));
        if (worker.Rests = Rests(worker))
        {
            await WaitAsync(_resting.Add(claim, worker));
            return null;
        }
        var item = FirstFor(worker);
        if (item is not null) HandOut(item, claim.WorkerId);
        else item = await WaitAsync(_claims.Add(claim, worker));
        if (item is null) return null;
        var lease = new Lease(item.RunId, item.Attempt);
        await _announcer.AnnounceAsync(item.Tenant.Name, item.Tenant.Count);
        return lease;
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<string>> NextFilesAsync(string workerId) => Task.FromResult<ImmutableArray<string>>(
        _roster.Find(workerId) is { Rests: false } worker ? _queue.FirstOverQuota(item => _placement.IsColdFor(item, worker))?.Requirement.Files ?? [] : []);

    /// <inheritdoc/>
    public Task<ImmutableArray<Guid>> RenewAsync(string workerId, ImmutableArray<Lease> leases)
    {
        _roster.Renews(workerId);
        var gone = ImmutableArray.CreateBuilder<Guid>();
        foreach (var lease in leases)
        {
            if (_queue.Find(lease.RunId) is not { } item || item.Attempt != lease.Attempt)
            {
                gone.Add(lease.RunId);
                continue;
            }
            // A scheduler that has restarted finds a prompt waiting which a worker had just been given: the worker keeps it.
            if (item.Lease is null) _queue.HandOut(item, workerId, LeaseEnd);
            item.Lease!.WorkerId = workerId;
            item.Lease.End = LeaseEnd;
        }
        return Task.FromResult(gone.DrainToImmutable());
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(Guid runId, bool succeeded, RunUsage? usage = null)
    {
        if (_queue.Remove(runId, succeeded) is not { } item) return Task.CompletedTask;
        if (succeeded && usage is not null && item.Lease is { } held && _roster.Find(held.WorkerId) is { } worker) _memory.Measure(item.Shape, usage, worker.Device);
        if (item.Lease is { } lease) _health.Good(lease.WorkerId, runId);
        // A tenant that had as many running as it may can go on.
        if (item.Lease is not null && item.Tenant.MaxRunning != int.MaxValue) Serve();
        return _announcer.AnnounceAsync(item.Tenant.Name, item.Tenant.Count);
    }

    /// <inheritdoc/>
    public Task FaultAsync(string workerId, Guid runId, WorkerFault fault, string detail, int attempt = 0)
    {
        if (fault == WorkerFault.DeviceMemory && _queue.Find(runId) is { } item && _roster.Find(workerId) is { } small) _memory.RanOut(item.Shape, small.TotalMemory, small.Device);
        return _health.Bad(workerId, runId, attempt, fault, detail, _clock.GetUtcNow()) is { } worker ? SetAsideAsync(worker) : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<SetAsideWorker>> SetAsideAsync() => Task.FromResult(_health.SetAside);

    /// <inheritdoc/>
    public async Task<bool> BringBackAsync(string workerId)
    {
        if (!_health.IsSetAside(workerId)) return false;
        await _store.BringBackAsync(workerId);
        if (!_health.BringBack(workerId)) return false;
        Rest();
        return true;
    }

    /// <inheritdoc/>
    public async Task ClearAsync(string tenant)
    {
        if (_queue.Tenant(tenant) is not { WaitingCount: > 0 } queue) return;
        var leased = queue.Leased.Select(i => i.RunId).ToArray();
        var left = queue.Waiting().ToDictionary(i => i.RunId);
        foreach (var run in left.Keys) _queue.Remove(run);
        try
        {
            foreach (var run in await _store.DeleteWaitingAsync(tenant, leased))
            {
                if (!left.Remove(run, out var item)) _cleared.Add(run);
                else if (item.Resident) _cleared.Forget(run);
            }
        }
        finally
        {
            // All of them when the store failed; else what it did not remove, whose grains say what has become of it.
            foreach (var item in left.Values) Offer(_queue.PutBack(item));
        }
        await _announcer.AnnounceAsync(tenant, _queue.Count(tenant));
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<Guid>> RunningAsync(string tenant) =>
        Task.FromResult<ImmutableArray<Guid>>([.. (_queue.Tenant(tenant)?.Running ?? []).Select(i => i.RunId)]);

    /// <inheritdoc/>
    public Task<QueueSnapshot> SnapshotAsync(string tenant) => Task.FromResult(_queue.Tenant(tenant) is { } queue
        ? new QueueSnapshot([.. queue.Running.Select(i => i.RunId)], [.. queue.Waiting().Select(i => i.RunId)])
        : new QueueSnapshot([], []));

    /// <inheritdoc/>
    public Task<int> CountAsync(string tenant) => Task.FromResult(_queue.Count(tenant));

    /// <inheritdoc/>
    public Task<ImmutableArray<QueuedRun>> FindAsync(string tenant, string promptId)
    {
        var found = _queue.Tenant(tenant)?.Find(promptId) ?? [];
        return Task.FromResult<ImmutableArray<QueuedRun>>([.. found.Select(i => new QueuedRun(i.RunId, i.PromptId, i.Lease is not null))]);
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<PromptForecast>> ForecastAsync(string tenant, ImmutableArray<string> promptIds)
    {
        var found = promptIds.SelectMany(id => _queue.Tenant(tenant)?.Find(id) ?? []);
        return Task.FromResult<ImmutableArray<PromptForecast>>([.. found.Select(_forecasts.Of)]);
    }

    /// <summary>
    /// A prompt has come to wait: the best of the waiting workers is given what is first for it. That need not be this prompt, for a worker may have
    /// been passed over for one that still waits.
    /// </summary>
    private void Offer(QueuedItem item)
    {
        if (item.Tenant.HasTurn && _placement.Choose(item, _claims.All) is { } waiting && FirstFor(waiting.Worker) is { } first) Give(first, waiting);
    }

    /// <summary>Gives waiting workers what has come to be theirs: prompts that no longer wait for a better one, or whose tenant may go on.</summary>
    private void Serve()
    {
        if (_queue.WaitingCount == 0 || _claims.Count == 0) return;
        foreach (var waiting in _claims.All.ToArray())
        {
            if (FirstFor(waiting.Worker) is { } item) Give(item, waiting);
        }
    }

    private QueuedItem? FirstFor(KnownWorker worker) => _queue.First(item => _placement.Gives(item, worker), item => _placement.PassesBy(item, worker));

    private void Give(QueuedItem item, WaitingClaim waiting)
    {
        WaitingClaims.Remove(waiting);
        HandOut(item, waiting.Claim.WorkerId);
        waiting.Given.SetResult(item);
    }

    private void HandOut(QueuedItem item, string workerId)
    {
        var now = _clock.GetUtcNow();
        _queue.HandOut(item, workerId, LeaseEnd);
        _roster.Takes(workerId, item.Shape.Expected);
        QueueTracing.Waited(item, workerId, now);
        SchedulingLog.HandedOut(_logger, item.Lease!.Order, now.ToUnixTimeMilliseconds(), item.RunId, item.Attempt, workerId);
        _instruments.HandedOut(item.Requirement.Pool, item.Tenant.Name, now - DateTimeOffset.FromUnixTimeMilliseconds(item.WaitsSince));
    }

    private async Task<QueuedItem?> WaitAsync(WaitingClaim waiting)
    {
        var patience = waiting.Claim.Patience < _options.MaxPatience ? waiting.Claim.Patience : _options.MaxPatience;
        Measure();
        try
        {
            return await waiting.Given.Task.WaitAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, _clock, _stopping);
        }
        catch (Exception ended) when (ended is TimeoutException or OperationCanceledException)
        {
            // A silo that stops waits for the calls in its grains, so these end with it.
            // It may have been given something between the end of its patience and this turn.
            WaitingClaims.Remove(waiting);
            return waiting.Given.Task.IsCompleted ? await waiting.Given.Task : null;
        }
    }

    private async ValueTask<WorkerProfile> ProfileOfAsync(WorkerClaim claim)
    {
        var key = string.Join('\n', [claim.ManifestHash, claim.Pool, .. claim.Labels]);
        if (_profiles.TryGetValue(key, out var known)) return known;
        var classes = await GrainFactory.GetGrain<ICatalogGrain>(ICatalogGrain.Key).ClassesAsync(claim.ManifestHash);
        var profile = new WorkerProfile(classes, claim.Pool, claim.Labels);
        if (!profile.IsEmpty) _profiles[key] = profile;
        return profile;
    }

    /// <summary>
    /// Takes ended leases away. The prompt's grain decides what becomes of the prompt, queues it again or releases it, and knows whether its worker
    /// has failed: one that had not begun it has not.
    /// </summary>
    private Task SweepAsync(CancellationToken cancellation)
    {
        _roster.Sweep();
        Measure();
        _instruments.Queue(_queue.Depths.Read(), _clock.GetUtcNow().ToUnixTimeMilliseconds());
        _instruments.Workers(_roster.Living.Select(w => w.Profile.Pool));
        Serve();
        var now = _clock.GetUtcNow();
        foreach (var item in _queue.Leased.Where(i => i.Lease!.End <= now).ToArray())
        {
            SchedulingLog.LeaseEnded(_logger, item.RunId, item.Attempt, item.Lease!.WorkerId);
            _instruments.LeaseEnded();
            item.Lease.End = LeaseEnd;
            _ = LoseAsync(item.RunId, item.Attempt, item.Lease.WorkerId);
        }
        return Task.CompletedTask;
    }

    /// <summary>
    /// Queues what was committed by a silo that died before it could say so. Only prompts of the time that was not looked through yet are looked
    /// at, and of the interval before, but for the newest, whose silo may be about to say so.
    /// </summary>
    private async Task FindStraysAsync(CancellationToken cancellation)
    {
        var now = _clock.GetUtcNow();
        try
        {
            await foreach (var run in _store.QueuedBetweenAsync(_strays.From, _strays.To(now), cancellation))
            {
                if (_queue.Find(run.RunId) is not null) continue;
                SchedulingLog.Stray(_logger, run.RunId);
                _queue.Restore(run, now);
                Offer(_queue.Find(run.RunId)!);
                _ = _announcer.AnnounceAsync(run.Tenant, _queue.Count(run.Tenant));
            }
            _strays.Looked(now);
        }
        catch (Exception error)
        {
            // The store may be away; the next round looks at the same time again.
            SchedulingLog.StraysFailed(_logger, error);
        }
    }

    /// <summary>Another scheduler was started. A silo that looks who lives ends at once when it is held for dead itself; one that lives starts anew.</summary>
    private async Task LeaveAsync()
    {
        if (_replaced) return;
        _replaced = true;
        SchedulingLog.Replaced(_logger);
        DeactivateOnIdle();
        await _membership.Refresh();
    }

    private void Measure() => _instruments.Sizes(_queue.WaitingCount, _queue.RunningCount, _claims.Count);

    private async Task SetAsideAsync(SetAsideWorker worker)
    {
        SchedulingLog.SetAside(_logger, worker.WorkerId, worker.Fault, worker.Detail);
        Rest();
        try
        {
            await _store.SetAsideAsync(worker);
        }
        catch (Exception error)
        {
            // It holds in memory; hand-outs must not wait for the store.
            SchedulingLog.SetAsideNotStored(_logger, error, worker.WorkerId);
        }
    }

    private async Task LoseAsync(Guid runId, int attempt, string workerId)
    {
        try
        {
            await GrainFactory.GetGrain<IPromptGrain>(runId).LoseAttemptAsync(attempt, $"worker {workerId} did not renew its lease", givenBack: false);
        }
        catch (Exception error)
        {
            // Whatever it was, the lease ends again and the loss is told again.
            SchedulingLog.LoseFailed(_logger, error, runId, attempt);
        }
    }
}
