using Farm.Hosting.Management;
using Farm.Hosting.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Farm.Hosting;

/// <summary>What every process of the farm has: probes, metrics, traces, a look at what is configured.</summary>
public static class FarmHosting
{
    /// <summary>Adds them, from the sections <c>Farm:Management</c> and <c>Farm:Telemetry</c>.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="process">What the process is: <c>gateway</c>, <c>grains</c>, <c>worker</c>, <c>standalone</c>; the service's name in traces is <c>farm-</c> and this.</param>
    public static void AddFarmHosting(this IHostApplicationBuilder builder, string process)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddOptions<ManagementOptions>().Bind(builder.Configuration.GetSection(ManagementOptions.Section)).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ManagementOptions>, ManagementOptionsValidator>();
        builder.Services.AddHostedService<UnknownOptions>();
        builder.AddTelemetry(process);
        builder.Services.AddOptions<HealthCheckServiceOptions>().PostConfigure<IOptions<ManagementOptions>>((health, management) =>
        {
            // Each by itself, so that one which hangs is named and the others are told.
            foreach (var check in health.Registrations)
                check.Timeout = management.Value.CheckTimeout;
        });
        builder.Services.AddReadyCheck<ShutdownCheck>("process");
        builder.Services.AddHostedService<ManagementServer>();
    }

    /// <summary>Adds a check that must pass for the process to be ready.</summary>
    /// <typeparam name="TCheck">Answers within <c>Farm:Management:CheckTimeout</c>; its description is shown, its exceptions are not.</typeparam>
    /// <param name="services">The process's services.</param>
    /// <param name="name">The check's name in the answer.</param>
    public static IServiceCollection AddReadyCheck<TCheck>(this IServiceCollection services, string name)
        where TCheck : class, IHealthCheck
    {
        services.AddHealthChecks().AddCheck<TCheck>(name, tags: [HealthAnswer.Ready]);
        return services;
    }
}
