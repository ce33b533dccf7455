using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace Farm.Hosting.Management;

/// <summary>
/// A small server of its own beside the process's work, so that a gateway that is busy still answers its probe and metrics are not
/// on the address that clients reach.
/// </summary>
internal sealed partial class ManagementServer(
    IOptions<ManagementOptions> options, HealthCheckService health, MeterProvider meters, TimeProvider clock, ILogger<ManagementServer> logger) : IHostedLifecycleService, IAsyncDisposable
{
    private readonly BuildInfo _build = BuildInfo.Of(clock.GetUtcNow());
    private WebApplication? _app;

    /// <summary>Serves before the process's other services start: a probe is answered while they do.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Url.Length == 0) return;
        // Like the process's own host it watches no files of options: it would watch the folder of the farm's data.
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
        // What it would say of itself reads as if it were the process's.
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting(WebHostDefaults.PreventHostingStartupKey, "true").UseUrls(options.Value.Url);
        // The process's own host listens to signals.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        _app = builder.Build();
        Map(_app);
        await _app.StartAsync(cancellationToken);
        Serving(logger, string.Join(", ", _app.Urls));
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Goes last: what the process does while it stops is seen.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Map(WebApplication app)
    {
        app.UseOpenTelemetryPrometheusScrapingEndpoint(meters, predicate: null, path: "/metrics", configureBranchedPipeline: null, optionsName: null);
        app.MapGet("/livez", (CancellationToken cancellation) => HealthAnswer.OfAsync(health, "live", cancellation));
        app.MapGet("/readyz", (CancellationToken cancellation) => HealthAnswer.OfAsync(health, HealthAnswer.Ready, cancellation));
        app.MapGet("/version", () => Results.Json(_build));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Probes and metrics at {Address}")]
    private static partial void Serving(ILogger logger, string address);

    /// <summary>Ends with the process.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
