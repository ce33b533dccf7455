using Farm.Contracts.Scheduling;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Scheduling;

/// <summary>Registration of the scheduler.</summary>
internal static class SchedulingExtensions
{
    private static readonly TimeSpan WakePause = TimeSpan.FromMilliseconds(200);

    /// <summary>What the scheduler needs; options from <c>Farm:Scheduling</c> and <c>Farm:Tenants</c>. It starts with the silo, so that stored prompts run with no client.</summary>
    public static ISiloBuilder AddScheduling(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddOptions<SchedulingOptions>().Bind(configuration.GetSection(SchedulingOptions.Section)).ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<SchedulingOptions>, SchedulingOptionsValidator>();
        silo.Services.AddSingleton<SchedulerInstruments>();
        silo.Services.AddOptions<TenantOptions>().Bind(configuration.GetSection(TenantOptions.Section)).ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<TenantOptions>, TenantOptionsValidator>();
        silo.Services.AddSingleton<TenantQuotas>();
        silo.Services.AddSingleton<RankPolicy>();
        silo.Services.AddTransient<FairShares>();
        silo.Services.AddTransient<MemoryNeeds>();
        return silo.AddStartupTask(WakeAsync);
    }

    /// <summary>Brings the scheduler to life; to read a long queue it may take longer than a call waits.</summary>
    private static async Task WakeAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var scheduler = services.GetRequiredService<IGrainFactory>().GetGrain<ISchedulerGrain>(ISchedulerGrain.Key);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await scheduler.CountAsync("");
                return;
            }
            catch (Exception away) when (away is OrleansException or TimeoutException or OperationCanceledException)
            {
                SchedulingLog.NotAwake(services.GetRequiredService<ILogger<SchedulerGrain>>(), away.Message);
            }
            await Task.Delay(WakePause, services.GetRequiredService<TimeProvider>(), cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
