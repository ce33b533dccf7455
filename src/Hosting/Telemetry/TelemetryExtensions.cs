using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Farm.Hosting.Telemetry;

/// <summary>OpenTelemetry as each process has it.</summary>
internal static class TelemetryExtensions
{
    private static readonly string[] Sources = ["Farm.*", "Microsoft.Orleans*", "Npgsql"];
    private static readonly string[] Meters = ["Farm.*", "Microsoft.Orleans*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql"];

    /// <summary>What Orleans measures of every message, several times each: a silo that hands out thousands of prompts a second has better to do.</summary>
    private static readonly string[] PerMessage =
    [
        "orleans-messaging-sent-local", "orleans-messaging-sent-header", "orleans-messaging-sent-messages", "orleans-messaging-received-", "orleans-messaging-processing-",
        "orleans-gateway-sent", "orleans-gateway-received", "orleans-directory-lookups-",
    ];

    /// <summary>Adds metrics (always collected, for <c>/metrics</c>) and, with a collector, traces, metrics and logs to it.</summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder, string process)
    {
        builder.Services.AddOptions<TelemetryOptions>().Bind(builder.Configuration.GetSection(TelemetryOptions.Section)).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();
        var options = builder.Configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>() ?? new TelemetryOptions();
        var sends = Uri.TryCreate(options.OtlpEndpoint, UriKind.Absolute, out var collector);

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService($"farm-{process}", serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}"))
            .WithMetrics(metrics => metrics.AddMeter(Meters).AddView(ViewOf).AddRuntimeInstrumentation().AddPrometheusExporter());
        if (!sends) return;
        telemetry
            .WithMetrics(metrics => metrics.AddOtlpExporter(otlp => otlp.Endpoint = collector!))
            .WithTracing(tracing => tracing.AddSource(Sources).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation()
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TraceRatio)))
                .AddOtlpExporter(otlp => otlp.Endpoint = collector!));
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeScopes = true;
            logs.AddOtlpExporter(otlp => otlp.Endpoint = collector!);
        });
    }

    private static MetricStreamConfiguration? ViewOf(Instrument instrument) =>
        PerMessage.Any(name => instrument.Name.StartsWith(name, StringComparison.Ordinal)) ? MetricStreamConfiguration.Drop : null;
}
