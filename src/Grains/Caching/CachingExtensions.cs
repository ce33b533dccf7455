using Microsoft.Extensions.Options;

namespace Farm.Grains.Caching;

/// <summary>Registration of the farm-wide cache of results.</summary>
internal static class CachingExtensions
{
    /// <summary>What the cache's grains need; options from <c>Farm:SharedResults</c>.</summary>
    public static ISiloBuilder AddSharedResults(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddOptions<SharedResultsOptions>().Bind(configuration.GetSection(SharedResultsOptions.Section)).ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<SharedResultsOptions>, SharedResultsOptionsValidator>();
        silo.Services.AddSingleton<SharedResultsInstruments>().AddSingleton<ResultStore>();
        return silo;
    }
}
