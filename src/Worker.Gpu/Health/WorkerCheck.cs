using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Farm.Worker.Health;

/// <summary>A worker is ready once the scheduler has answered it, and while it runs prompts or is answered.</summary>
internal sealed class WorkerCheck(WorkerPulse pulse, ActiveRuns runs) : IHealthCheck
{
    /// <summary>Claims are answered every few seconds; a control silo that dies is replaced within this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(pulse.Silence switch
    {
        null => HealthCheckResult.Unhealthy("has not joined the farm yet"),
        var silence when silence > Patience && runs.Count == 0 => HealthCheckResult.Unhealthy($"the scheduler has not answered for {silence.Value.TotalSeconds:0} s"),
        _ => HealthCheckResult.Healthy(runs.Count == 0 ? "waits for work" : $"runs {runs.Count} prompts"),
    });
}
