namespace Farm.Grains.Scheduling;

/// <summary>
/// Weighted fair shares of the workers' time, by start-time fair queueing (Goyal, Vin, Cheng: "Start-time Fair Queueing", 1996). Each
/// tenant has a virtual time that its runs move on by their seconds over its weight; the tenant with the smallest is next. One that
/// comes back after a pause starts where the others are, less its burst: so many seconds it may have in advance of the others.
/// Prompts are charged with the expected time when they are handed out and with the difference when they end.
/// </summary>
internal sealed class FairShares(TenantQuotas quotas) : ITenantOrder
{
    private const int IdleAccounts = 1_000;

    private readonly SortedSet<Account> _turns = new(Comparer<Account>.Create(Compare));
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private double _now;

    /// <inheritdoc/>
    public void Join(TenantQueue tenant)
    {
        var account = AccountOf(tenant);
        if (account.Waiting is not null) return;
        account.Time = Math.Max(account.Time, _now - account.Burst);
        account.Waiting = tenant;
        _turns.Add(account);
    }

    /// <inheritdoc/>
    public void Leave(TenantQueue tenant)
    {
        if (!_accounts.TryGetValue(tenant.Name, out var account) || account.Waiting is null) return;
        _turns.Remove(account);
        account.Waiting = null;
    }

    /// <inheritdoc/>
    public IEnumerable<TenantQueue> Turns() => _turns.Select(a => a.Waiting!);

    /// <inheritdoc/>
    public void Charge(TenantQueue tenant, TimeSpan expected)
    {
        var account = AccountOf(tenant);
        _now = Math.Max(_now, account.Time);
        Advance(account, expected);
    }

    /// <inheritdoc/>
    public void Correct(TenantQueue tenant, TimeSpan difference) => Advance(AccountOf(tenant), difference);

    /// <summary>The part of the workers' time that is the tenant's while those wait that wait now.</summary>
    public double ShareOf(TenantQueue tenant)
    {
        var weight = AccountOf(tenant).Weight;
        return weight / (_turns.Sum(a => a.Weight) + (AccountOf(tenant).Waiting is null ? weight : 0));
    }

    private void Advance(Account account, TimeSpan time)
    {
        var waits = account.Waiting is not null && _turns.Remove(account);
        account.Time += time.TotalSeconds / account.Weight;
        if (waits) _turns.Add(account);
    }

    private Account AccountOf(TenantQueue tenant)
    {
        if (_accounts.TryGetValue(tenant.Name, out var account)) return account;
        if (_accounts.Count >= 2 * IdleAccounts) Forget();
        var quota = quotas.Of(tenant.Name);
        account = new Account(tenant.Name, quota.Weight, quotas.Burst.TotalSeconds / quota.Weight) { Time = _now - (quotas.Burst.TotalSeconds / quota.Weight) };
        _accounts.Add(tenant.Name, account);
        return account;
    }

    /// <summary>Accounts that have all their burst again are as good as new ones.</summary>
    private void Forget()
    {
        foreach (var account in _accounts.Values.Where(a => a.Waiting is null && a.Time <= _now - a.Burst).ToArray())
            _accounts.Remove(account.Name);
    }

    private static int Compare(Account x, Account y)
    {
        var byTime = x.Time.CompareTo(y.Time);
        return byTime != 0 ? byTime : string.CompareOrdinal(x.Name, y.Name);
    }

    private sealed class Account(string name, double weight, double burst)
    {
        public string Name { get; } = name;

        public double Weight { get; } = weight;

        /// <summary>In virtual seconds.</summary>
        public double Burst { get; } = burst;

        /// <summary>Virtual seconds; changes only while the account stands in no set.</summary>
        public double Time { get; set; }

        /// <summary>The tenant's queue while it has prompts to hand out.</summary>
        public TenantQueue? Waiting { get; set; }
    }
}
