using Farm.Gateway.Http;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Batches;

/// <summary>Registration of batches.</summary>
internal static class BatchesExtensions
{
    /// <summary>The batches' routes; limits from <c>Farm:Batches</c>.</summary>
    public static IServiceCollection AddBatches(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BatchLimitOptions>().Bind(configuration.GetSection(BatchLimitOptions.Section)).ValidateOnStart();
        return services
            .AddSingleton<IValidateOptions<BatchLimitOptions>, BatchLimitOptionsValidator>()
            .AddSingleton<ValueChecks>()
            .AddSingleton<BatchSubmitter>()
            .AddSingleton<IResource, BatchEndpoints>();
    }
}
