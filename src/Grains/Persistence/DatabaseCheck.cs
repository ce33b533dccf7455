using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Farm.Grains.Persistence;

/// <summary>
/// Whether the database answers. A silo without it stays ready: it serves what it has in memory, answers 503 where it must write, and
/// taking it out of service would only move its grains to silos that lack the database too.
/// </summary>
internal sealed class DatabaseCheck(IDbContextFactory<FarmDb> contexts) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        return await AnswersAsync(cancellationToken)
            ? HealthCheckResult.Healthy("answers")
            : HealthCheckResult.Degraded("does not answer; submits get a 503 until it does");
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancellation);
            return await db.Database.CanConnectAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // It took longer than a check may.
            return false;
        }
    }
}
