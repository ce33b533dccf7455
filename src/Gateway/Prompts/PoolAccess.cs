using Farm.Gateway.Http;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Prompts;

/// <summary>Which tenants' prompts may ask for which pools of workers.</summary>
internal sealed class PoolAccess(IOptions<PoolOptions> options)
{
    /// <summary>Refuses a tenant a pool that others have to themselves; empty for workers in none, which are everybody's.</summary>
    public void Check(string pool, string tenant)
    {
        if (options.Value.Of.TryGetValue(pool, out var rule) && rule.Tenants.Count > 0 && !rule.Tenants.Contains(tenant))
            throw new RequestRefusedException(
                "pool_forbidden", "The pool is not for this tenant", "extra_data.farm.pool: must be a pool that the tenant may use", StatusCodes.Status403Forbidden);
    }
}
