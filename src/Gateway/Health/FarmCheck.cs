using Farm.Contracts.Scheduling;
using Farm.Gateway.Catalog;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Farm.Gateway.Health;

/// <summary>
/// A gateway is of use when the farm answers it: it has read the catalogue, and the scheduler answers. Whether a worker ever joined is not asked: without one only
/// what needs node classes is a 503.
/// </summary>
internal sealed class FarmCheck(IGrainFactory grains, CatalogCache catalog) : IHealthCheck
{
    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!catalog.IsRead)
            return HealthCheckResult.Unhealthy("no silo has told the catalogue yet");
        try
        {
            await grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).CountAsync("default").WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy(catalog.IsLoaded ? "the scheduler answers" : "the scheduler answers; no worker has joined this farm so far, and no node class is known");
        }
        catch (Exception failure)
        {
            return HealthCheckResult.Unhealthy("the scheduler does not answer", failure);
        }
    }
}
