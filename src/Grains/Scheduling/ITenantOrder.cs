namespace Farm.Grains.Scheduling;

/// <summary>Whose turn it is: the order in which tenants with waiting prompts are asked for the next one.</summary>
internal interface ITenantOrder
{
    /// <summary>A tenant has a waiting prompt. Repeating the call changes nothing.</summary>
    void Join(TenantQueue tenant);

    /// <summary>A tenant has none left. Ignored for one that had not joined.</summary>
    void Leave(TenantQueue tenant);

    /// <summary>Tenants, the one whose turn it is first.</summary>
    IEnumerable<TenantQueue> Turns();

    /// <summary>A prompt of the tenant was handed out.</summary>
    void Served(TenantQueue tenant);
}

/// <summary>One prompt each, in turn.</summary>
internal sealed class RoundRobinTenants : ITenantOrder
{
    private readonly LinkedList<TenantQueue> _turns = new();
    private readonly Dictionary<TenantQueue, LinkedListNode<TenantQueue>> _places = [];

    /// <inheritdoc/>
    public void Join(TenantQueue tenant)
    {
        if (!_places.ContainsKey(tenant)) _places.Add(tenant, _turns.AddLast(tenant));
    }

    /// <inheritdoc/>
    public void Leave(TenantQueue tenant)
    {
        if (_places.Remove(tenant, out var place)) _turns.Remove(place);
    }

    /// <inheritdoc/>
    public IEnumerable<TenantQueue> Turns() => _turns;

    /// <inheritdoc/>
    public void Served(TenantQueue tenant)
    {
        if (!_places.TryGetValue(tenant, out var place)) return;
        _turns.Remove(place);
        _turns.AddLast(place);
    }
}
