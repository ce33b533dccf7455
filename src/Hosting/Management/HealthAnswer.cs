using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Farm.Hosting.Management;

/// <summary>
/// The answer of <c>/livez</c> and <c>/readyz</c>: 200 or 503 with <c>{"status": "ready", "checks": {"database": {"ok": true, "detail": …}}}</c>.
/// Details are written by us: exceptions are not shown.
/// </summary>
internal static class HealthAnswer
{
    /// <summary>Tag of checks that must pass for a process to be given work.</summary>
    public const string Ready = "ready";

    /// <summary>Runs the checks with a tag and answers.</summary>
    public static async Task<IResult> OfAsync(HealthCheckService health, string tag, CancellationToken cancellation)
    {
        var report = await health.CheckHealthAsync(check => check.Tags.Contains(tag), cancellation);
        var well = report.Status != HealthStatus.Unhealthy;
        var body = new
        {
            status = (tag == Ready, well) switch { (true, true) => "ready", (true, false) => "not ready", (false, true) => "live", _ => "not live" },
            checks = report.Entries.ToDictionary(e => e.Key, e => new { ok = e.Value.Status == HealthStatus.Healthy, detail = e.Value.Description }, StringComparer.Ordinal),
        };
        return Results.Json(body, statusCode: well ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
