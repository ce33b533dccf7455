using Farm.Contracts.Scheduling;
using Farm.Gateway.Catalog;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Farm.Gateway.Health;

/// <summary>A gateway is of use when it knows node classes and the scheduler answers it.</summary>
internal sealed class FarmCheck(IGrainFactory grains, CatalogCache catalog) : IHealthCheck
{
    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!catalog.IsLoaded)
            return HealthCheckResult.Unhealthy("no node class is known yet: no worker has joined this farm so far");
        try
        {
            await grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).CountAsync("default").WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy("the scheduler answers");
        }
        catch (Exception failure)
        {
            return HealthCheckResult.Unhealthy("the scheduler does not answer", failure);
        }
    }
}
