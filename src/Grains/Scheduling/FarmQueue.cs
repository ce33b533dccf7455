using Farm.Contracts.Scheduling;

namespace Farm.Grains.Scheduling;

/// <summary>
/// All queued and running prompts of the farm, in memory. Adding, removing, finding and handing out cost O(log n); nothing
/// here waits, stores or calls.
/// </summary>
internal sealed class FarmQueue(ITenantOrder order)
{
    private readonly Dictionary<Guid, QueuedItem> _items = [];
    private readonly Dictionary<string, TenantQueue> _tenants = new(StringComparer.Ordinal);
    private readonly RequirementPool _requirements = new();
    private long _handOuts;

    /// <summary>Prompts that wait, of all tenants.</summary>
    public int WaitingCount { get; private set; }

    /// <summary>Prompts under a lease, of all tenants.</summary>
    public int RunningCount => _items.Count - WaitingCount;

    /// <summary>All prompts under a lease.</summary>
    public IEnumerable<QueuedItem> Leased => _tenants.Values.SelectMany(t => t.Leased);

    /// <summary>
    /// Makes a prompt wait: a new one, or a running one whose next attempt is due. Null when it waits or runs already in that
    /// attempt or a later one.
    /// </summary>
    public QueuedItem? Enqueue(QueueEntry entry)
    {
        if (!_items.TryGetValue(entry.RunId, out var item))
        {
            item = Add(entry.RunId, entry.Tenant, entry.PromptId, entry.Number, entry.Attempt, Requirement.TextOf(entry.ClassTypes), null);
            item.Resident = entry.Resident;
            return item;
        }
        if (entry.Attempt <= item.Attempt) return null;
        item.Attempt = entry.Attempt;
        item.Resident = entry.Resident;
        if (item.Lease is null) return null;
        SetLease(item, null);
        return item;
    }

    /// <summary>Takes a stored prompt in at start.</summary>
    public void Restore(StoredRun run, DateTimeOffset leaseEnd)
    {
        var lease = run.Running ? Term(run.WorkerId ?? "", leaseEnd) : null;
        if (!_items.ContainsKey(run.RunId)) Add(run.RunId, run.Tenant, run.PromptId, run.Number, run.Attempt, run.ClassTypes, lease);
    }

    /// <summary>Takes a waiting prompt in again that was taken out.</summary>
    public QueuedItem PutBack(QueuedItem item) =>
        Add(item.RunId, item.Tenant.Name, item.PromptId, item.Number, item.Attempt, item.Requirement.Text, null);

    /// <summary>The prompt whose turn it is among those the worker can run; it keeps waiting until it is leased.</summary>
    public QueuedItem? First(WorkerClasses worker)
    {
        foreach (var tenant in order.Turns())
        {
            if (tenant.First(worker) is { } item) return item;
        }
        return null;
    }

    /// <summary>Hands a waiting prompt to a worker.</summary>
    public void HandOut(QueuedItem item, string workerId, DateTimeOffset leaseEnd)
    {
        SetLease(item, Term(workerId, leaseEnd));
        order.Served(item.Tenant);
    }

    /// <summary>Takes a prompt out, waiting or running; null when there is none.</summary>
    public QueuedItem? Remove(Guid runId)
    {
        if (!_items.Remove(runId, out var item)) return null;
        var tenant = item.Tenant;
        if (item.Lease is null) WaitingCount--;
        tenant.Remove(item);
        _requirements.Return(item.Requirement);
        if (tenant.WaitingCount == 0) order.Leave(tenant);
        if (tenant.Count == 0) _tenants.Remove(tenant.Name);
        return item;
    }

    /// <summary>The prompt of that run.</summary>
    public QueuedItem? Find(Guid runId) => _items.GetValueOrDefault(runId);

    /// <summary>The tenant's prompts; null when it has none.</summary>
    public TenantQueue? Tenant(string name) => _tenants.GetValueOrDefault(name);

    /// <summary>The tenant's running and waiting prompts.</summary>
    public int Count(string tenant) => Tenant(tenant)?.Count ?? 0;

    private QueuedItem Add(Guid runId, string tenantName, string promptId, double number, int attempt, string classTypes, LeaseTerm? lease)
    {
        if (!_tenants.TryGetValue(tenantName, out var tenant)) _tenants.Add(tenantName, tenant = new TenantQueue(tenantName));
        var item = new QueuedItem(runId, promptId, number, _requirements.Take(classTypes), tenant) { Attempt = attempt, Lease = lease };
        _items.Add(runId, item);
        tenant.Add(item);
        if (lease is null) Joined(tenant);
        return item;
    }

    private void SetLease(QueuedItem item, LeaseTerm? term)
    {
        var waited = item.Lease is null;
        item.Tenant.Lease(item, term);
        if (waited && term is not null)
        {
            WaitingCount--;
            if (item.Tenant.WaitingCount == 0) order.Leave(item.Tenant);
        }
        else if (!waited && term is null)
        {
            Joined(item.Tenant);
        }
    }

    private void Joined(TenantQueue tenant)
    {
        WaitingCount++;
        order.Join(tenant);
    }

    private LeaseTerm Term(string workerId, DateTimeOffset end) => new() { WorkerId = workerId, End = end, Order = _handOuts++ };
}
