using Microsoft.Extensions.Options;

namespace Farm.Grains.Scheduling;

/// <summary>What is said of one tenant; null where it gets what all get.</summary>
public sealed class TenantQuota
{
    /// <summary>The weight of tenant NAME. Default: that of all.</summary>
    public double? Weight { get; set; }

    /// <summary>Prompts of tenant NAME that may wait; 0 for any number. Default: that of all.</summary>
    public int? MaxPending { get; set; }

    /// <summary>Prompts of tenant NAME that run at a time; 0 for any number. Default: that of all.</summary>
    public int? MaxRunning { get; set; }
}

/// <summary>The quotas of every tenant.</summary>
internal sealed class TenantQuotas(IOptions<TenantOptions> options)
{
    private readonly TenantOptions _all = options.Value;

    /// <summary>Seconds that one may have ahead of the others.</summary>
    public TimeSpan Burst => _all.Burst;

    /// <summary>What a tenant gets; counts that have no limit are the largest there are.</summary>
    public (double Weight, int MaxPending, int MaxRunning) Of(string tenant)
    {
        var own = _all.Of.TryGetValue(tenant, out var given) ? given : null;
        return (own?.Weight ?? _all.Weight, Limit(own?.MaxPending ?? _all.MaxPending), Limit(own?.MaxRunning ?? _all.MaxRunning));
    }

    private static int Limit(int count) => count == 0 ? int.MaxValue : count;
}
