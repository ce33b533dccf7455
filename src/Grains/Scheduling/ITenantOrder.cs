namespace Farm.Grains.Scheduling;

/// <summary>Whose turn it is: the order in which tenants with waiting prompts are asked for the next one.</summary>
internal interface ITenantOrder
{
    /// <summary>A tenant has a prompt that may be handed out. Repeating the call changes nothing.</summary>
    void Join(TenantQueue tenant);

    /// <summary>A tenant has none left. Ignored for one that had not joined.</summary>
    void Leave(TenantQueue tenant);

    /// <summary>Tenants, the one whose turn it is first.</summary>
    IEnumerable<TenantQueue> Turns();

    /// <summary>A prompt of the tenant was handed out that is expected to take so long.</summary>
    void Charge(TenantQueue tenant, TimeSpan expected);

    /// <summary>A run of the tenant has taken so much longer than it was charged for; negative when it took less.</summary>
    void Correct(TenantQueue tenant, TimeSpan difference);
}
