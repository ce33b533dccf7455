using Farm.Contracts.Scheduling;

namespace Farm.Grains.Scheduling;

/// <summary>
/// All queued and running prompts of the farm, in memory. Adding, removing, finding and taking out cost O(log n); nothing
/// here waits, stores or calls.
/// </summary>
internal sealed class FarmQueue(ITenantOrder order, RankPolicy rank, TenantQuotas quotas, TimeProvider clock)
{
    private const int MostLookedAt = 100;

    private readonly Dictionary<Guid, QueuedItem> _items = [];
    private readonly Dictionary<string, TenantQueue> _tenants = new(StringComparer.Ordinal);
    private readonly RequirementPool _requirements = new();
    private long _handOuts;

    /// <summary>Prompts that wait, of all tenants.</summary>
    public int WaitingCount => Depths.Count;

    /// <summary>What waits, by pool and tenant.</summary>
    public QueueDepths Depths { get; } = new();

    /// <summary>Prompts under a lease, of all tenants.</summary>
    public int RunningCount => _items.Count - WaitingCount;

    /// <summary>All prompts under a lease.</summary>
    public IEnumerable<QueuedItem> Leased => _tenants.Values.SelectMany(t => t.Leased);

    /// <summary>How long runs take.</summary>
    public RunTimes Times { get; } = new();

    /// <summary>
    /// Makes a prompt wait: a new one, or a running one whose next attempt is due. Null when it waits or runs already in that
    /// attempt or a later one.
    /// </summary>
    public QueuedItem? Enqueue(QueueEntry entry)
    {
        if (!_items.TryGetValue(entry.RunId, out var item))
        {
            item = Add(StoredRunOf(entry), lease: null);
            item.Resident = entry.Resident;
            return item;
        }
        if (entry.Attempt <= item.Attempt) return null;
        item.Attempt = entry.Attempt;
        item.Resident = entry.Resident;
        if (item.Lease is null) return null;
        item.Avoids = item.Avoids.Add(item.Lease.WorkerId);
        item.CameBackAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
        SetLease(item, null);
        return item;
    }

    /// <summary>Takes a stored prompt in at start.</summary>
    public void Restore(StoredRun run, DateTimeOffset leaseEnd)
    {
        if (!_items.ContainsKey(run.RunId)) Add(run, run.Running ? Term(run.WorkerId ?? "", leaseEnd, TimeSpan.Zero) : null);
    }

    /// <summary>Takes a waiting prompt in again that was taken out.</summary>
    public QueuedItem PutBack(QueuedItem item)
    {
        var again = item.In(TenantOf(item.Tenant.Name), _requirements.Take(item.Requirement.Text));
        Take(again);
        return again;
    }

    /// <summary>Gives a waiting prompt the rank and needs of an entry; null when it does not wait, or in another attempt.</summary>
    public QueuedItem? Move(QueueEntry entry)
    {
        if (Find(entry.RunId) is not { Lease: null } before || before.Attempt != entry.Attempt) return null;
        Remove(entry.RunId);
        var item = New(StoredRunOf(entry), lease: null);
        (item.Resident, item.WaitsSince) = (entry.Resident, before.WaitsSince);
        (item.Avoids, item.CameBackAt) = (before.Avoids, before.CameBackAt);
        Take(item);
        return item;
    }

    /// <summary>The prompt whose turn it is among those that are taken; it keeps waiting until it is leased.</summary>
    /// <param name="takes">Whether a prompt may be had.</param>
    /// <param name="passesBy">Whether one that may not be had lets the next of its requirement go before it; none does by default.</param>
    public QueuedItem? First(Func<QueuedItem, bool> takes, Func<QueuedItem, bool>? passesBy = null)
    {
        var now = clock.GetUtcNow();
        foreach (var tenant in order.Turns())
        {
            if (tenant.First(takes, passesBy ?? (_ => false), now) is { } item) return item;
        }
        return null;
    }

    /// <summary>The first prompt that is taken of a tenant that has as many running as it may.</summary>
    public QueuedItem? FirstOverQuota(Func<QueuedItem, bool> takes)
    {
        var now = clock.GetUtcNow();
        return _tenants.Values.Where(tenant => tenant.WaitingCount > 0 && !tenant.HasTurn).Take(MostLookedAt).Select(tenant => tenant.First(takes, _ => false, now)).FirstOrDefault(item => item is not null);
    }

    /// <summary>Hands a waiting prompt to a worker.</summary>
    public void HandOut(QueuedItem item, string workerId, DateTimeOffset leaseEnd)
    {
        var expected = item.Shape.Expected;
        order.Charge(item.Tenant, expected);
        SetLease(item, Term(workerId, leaseEnd, expected));
    }

    /// <summary>Takes a prompt out, waiting or running; null when there is none.</summary>
    /// <param name="runId">The prompt.</param>
    /// <param name="succeeded">Whether its run tells how long others like it take.</param>
    public QueuedItem? Remove(Guid runId, bool succeeded = false)
    {
        if (!_items.Remove(runId, out var item)) return null;
        var tenant = item.Tenant;
        if (item.Lease is null) Depths.Remove(item);
        else Settle(item, succeeded);
        tenant.Remove(item);
        _requirements.Return(item.Requirement);
        Turn(tenant);
        if (tenant.Count == 0) _tenants.Remove(tenant.Name);
        return item;
    }

    /// <summary>The prompt of that run.</summary>
    public QueuedItem? Find(Guid runId) => _items.GetValueOrDefault(runId);

    /// <summary>The tenant's prompts; null when it has none.</summary>
    public TenantQueue? Tenant(string name) => _tenants.GetValueOrDefault(name);

    /// <summary>The tenants that have prompts.</summary>
    public IEnumerable<TenantQueue> Tenants => _tenants.Values;

    /// <summary>The tenant's running and waiting prompts.</summary>
    public int Count(string tenant) => Tenant(tenant)?.Count ?? 0;

    private static StoredRun StoredRunOf(QueueEntry entry) => new(
        entry.RunId, entry.Tenant, entry.PromptId, entry.Number, entry.Attempt, NeedsText.Write(entry.ClassTypes, entry.Needs),
        entry.CreatedAt.ToUnixTimeMilliseconds(), Running: false, WorkerId: null, entry.TraceParent);

    private QueuedItem Add(StoredRun run, LeaseTerm? lease)
    {
        var item = New(run, lease);
        Take(item);
        return item;
    }

    private QueuedItem New(StoredRun run, LeaseTerm? lease)
    {
        var needs = NeedsText.Rank(run.Needs);
        return new QueuedItem(
            run.RunId, run.PromptId, run.Number, _requirements.Take(NeedsText.RequirementOf(run.Needs)), Times.Of(needs.Shape), TenantOf(run.Tenant))
        {
            CreatedAt = run.CreatedAt,
            WaitsSince = run.CreatedAt,
            Deadline = needs.Deadline?.ToUnixTimeMilliseconds(),
            FileBytes = needs.FileBytes,
            Priority = needs.Priority,
            Attempt = run.Attempt,
            TraceParent = run.TraceParent,
            Avoids = run.Avoids,
            CameBackAt = run.CameBackAt,
            Lease = lease,
        };
    }

    private void Take(QueuedItem item)
    {
        _items.Add(item.RunId, item);
        item.Tenant.Add(item);
        if (item.Lease is null) Depths.Add(item);
        Turn(item.Tenant);
    }

    private TenantQueue TenantOf(string name)
    {
        if (!_tenants.TryGetValue(name, out var tenant)) _tenants.Add(name, tenant = new TenantQueue(name, rank) { MaxRunning = quotas.Of(name).MaxRunning });
        return tenant;
    }

    private void SetLease(QueuedItem item, LeaseTerm? term)
    {
        if (item.Lease is null) Depths.Remove(item);
        else Settle(item, succeeded: false);
        item.Tenant.Lease(item, term);
        if (term is null)
        {
            item.WaitsSince = clock.GetUtcNow().ToUnixTimeMilliseconds();
            Depths.Add(item);
        }
        Turn(item.Tenant);
    }

    /// <summary>A run is over: what it took is what its tenant is charged.</summary>
    private void Settle(QueuedItem item, bool succeeded)
    {
        var took = clock.GetUtcNow() - item.Lease!.Start;
        order.Correct(item.Tenant, took - item.Lease.Expected);
        if (succeeded) item.Shape.Measure(took);
    }

    private void Turn(TenantQueue tenant)
    {
        if (tenant.HasTurn) order.Join(tenant);
        else order.Leave(tenant);
    }

    private LeaseTerm Term(string workerId, DateTimeOffset end, TimeSpan expected) =>
        new() { WorkerId = workerId, Start = clock.GetUtcNow(), End = end, Expected = expected, Order = _handOuts++ };
}
