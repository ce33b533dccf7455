using Microsoft.Extensions.Options;

namespace Farm.Grains.Batches;

/// <summary>Registration of batches.</summary>
internal static class BatchesExtensions
{
    /// <summary>What batches need; options from <c>Farm:Batches</c>. Those that are not over are gone on with when the silo starts.</summary>
    public static ISiloBuilder AddBatches(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddOptions<BatchOptions>().Bind(configuration.GetSection(BatchOptions.Section)).ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<BatchOptions>, BatchOptionsValidator>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, UnfinishedBatches>();
        return silo;
    }
}
