using Farm.Gateway.Http;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Batches;

/// <summary>Registration of batches.</summary>
internal static class BatchesExtensions
{
    /// <summary>The batches' routes; limits from <c>Farm:Batches</c>.</summary>
    public static IServiceCollection AddBatches(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BatchLimits>().Bind(configuration.GetSection(BatchLimits.Section)).ValidateOnStart();
        return services
            .AddSingleton<IValidateOptions<BatchLimits>, BatchLimitsValidator>()
            .AddSingleton<ValueChecks>()
            .AddSingleton<BatchSubmitter>()
            .AddSingleton<IResource, BatchEndpoints>();
    }
}
