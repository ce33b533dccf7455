using Farm.Contracts.Scheduling;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Scheduling;

/// <summary>Registration of the scheduler.</summary>
internal static class SchedulingExtensions
{
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
        return silo.AddStartupTask((services, _) =>
            services.GetRequiredService<IGrainFactory>().GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).CountAsync(""));
    }
}
