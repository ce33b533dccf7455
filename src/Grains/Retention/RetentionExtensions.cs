using Farm.Storage;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Retention;

/// <summary>Registration of retention.</summary>
internal static class RetentionExtensions
{
    /// <summary>What removes old things; options from <c>Farm:Retention</c>. The kinds that are rows are registered with the store.</summary>
    public static ISiloBuilder AddRetention(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddFarmStorage(configuration);
        silo.Services.AddRetentionRules(configuration);
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, RetentionWake>();
        return silo;
    }

    /// <summary>Rules, files and the runner, for a program that has a store and no silo too.</summary>
    internal static void AddRetentionRules(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddRetentionOptions(configuration);
        services.AddSingleton<IRetained, RetainedOutputs>();
        services.AddSingleton<IRetained, RetainedTemp>();
        services.AddSingleton<IRetained, RetainedUploads>();
        services.AddSingleton<RetentionRules>();
        services.AddSingleton<RetentionInstruments>();
        services.AddSingleton<RetentionRunner>();
    }

    /// <summary>The options, checked at start.</summary>
    internal static IServiceCollection AddRetentionOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RetentionOptions>().Bind(configuration.GetSection(RetentionOptions.Section)).ValidateOnStart();
        return services.AddSingleton<IValidateOptions<RetentionOptions>, RetentionOptionsValidator>();
    }
}
