using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Farm.Storage.S3;

/// <summary>Registration of S3 storage.</summary>
internal static class S3Services
{
    /// <summary>Takes the place of the local store; models and node packs stay in local folders.</summary>
    public static IServiceCollection AddS3Files(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<S3Options>().Bind(configuration.GetSection(S3Options.Section)).ValidateOnStart();
        return services
            .AddSingleton<IValidateOptions<S3Options>, S3OptionsValidator>()
            .AddSingleton<S3Bucket>()
            .AddSingleton<BlobCache>()
            .AddSingleton<NameClaims>()
            .AddSingleton<S3FarmFiles>()
            .AddSingleton<IFarmFiles>(provider => provider.GetRequiredService<S3FarmFiles>())
            .AddHostedService<S3Upkeep>();
    }
}

/// <summary>Tries the bucket before anything else starts, then sweeps it from time to time.</summary>
internal sealed partial class S3Upkeep(
    NameClaims claims, S3FarmFiles files, IOptions<S3Options> options, TimeProvider time, ILogger<S3Upkeep> logger) : BackgroundService, IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await claims.ProbeAsync(cancellationToken);
        if (!claims.ServerKnowsConditions)
            NoConditions(options.Value.Bucket);
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.SweepInterval == TimeSpan.Zero)
            return;
        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        do
        {
            try
            {
                await foreach (var tenant in files.TenantsAsync(stoppingToken))
                    await files.Sweep(tenant).RunIfDueAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                SweepFailed(failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The server of the bucket {Bucket} does not know If-None-Match: names are reserved by claims, which take six requests")]
    private partial void NoConditions(string bucket);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sweep of the bucket ended early; the next one goes on")]
    private partial void SweepFailed(Exception failure);
}
