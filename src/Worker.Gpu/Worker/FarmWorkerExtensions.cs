using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine;
using Farm.Engine.Text;
using Farm.Hosting;
using Farm.Storage;
using Farm.Worker.Execution.Caching;
using Farm.Worker.Execution.Caching.Shared;
using Farm.Worker.Execution;
using Farm.Worker.Health;
using Farm.Worker.Nodes;
using Farm.Worker.Packs;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Farm.Worker;

/// <summary>A worker on a silo.</summary>
public static class FarmWorkerExtensions
{
    /// <summary>
    /// Everything a GPU silo hosts: torch and the model memory, the built-in nodes and those of packs, the executor, and the loop that asks for work.
    /// Clustering is the caller's. The options are those of the sections <c>Farm:Worker</c>, <c>Farm:Torch</c> and <c>Farm:Data</c>.
    /// </summary>
    public static ISiloBuilder AddFarmWorker(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services
            .AddFarmStorage(configuration)
            .AddTorch(configuration)
            .AddNodeClasses(configuration)
            .AddExecution()
            .AddSharedResults(configuration)
            .AddWorkerLoop(configuration);
        return silo;
    }

    private static IServiceCollection AddTorch(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<TorchOptions>().Bind(configuration.GetSection(TorchOptions.Section)).ValidateOnStart();
        services.AddOptions<FfmpegOptions>().Bind(configuration.GetSection(FfmpegOptions.Section))
            .Validate(options => options.Program.Length > 0 && options.TimeLimit > TimeSpan.Zero, $"{FfmpegOptions.Section}: Program must be named, TimeLimit be more than 0.")
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<TorchOptions>, TorchOptionsValidator>();
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<TorchOptions>>().Value;
            var instruments = provider.GetRequiredService<ModelInstruments>();
            var memory = new ModelMemory(TorchRuntime.Configure(options), options.ModelBudgetBytes) { Loading = instruments.Loading };
            instruments.Watch(memory);
            return memory;
        });
        services.AddSingleton<ModelInstruments>();
        services.AddSingleton<ITextEmbeddings, CatalogEmbeddings>();
        services.AddSingleton(provider => new CheckpointLoader(
            provider.GetRequiredService<ModelMemory>(), provider.GetRequiredService<IOptions<TorchOptions>>().Value.Precision, provider.GetRequiredService<ITextEmbeddings>()));
        return services;
    }

    private static IServiceCollection AddExecution(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton<HostMemory>()
            .AddSingleton<NodeInstruments>()
            .AddSingleton<IHostMemory>(provider => provider.GetRequiredService<HostMemory>())
            .AddSingleton<INodeInvoker, TorchNodeInvoker>();
    }

    private static IServiceCollection AddSharedResults(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SharedResultOptions>().Bind(configuration.GetSection(SharedResultOptions.Section)).ValidateOnStart();
        return services
            .AddSingleton<IValidateOptions<SharedResultOptions>, SharedResultOptionsValidator>()
            .AddSingleton<SharedResultInstruments>()
            .AddSingleton<IValueCodec, TensorCodec>()
            .AddSingleton<IValueCodec, ConditioningCodec>()
            .AddSingleton<ResultFormat>()
            .AddSingleton<IFarmResults, GrainResults>()
            .AddSingleton<IModelIdentities, ModelIdentities>()
            .AddSingleton(provider => new NumericContext(string.Join(
                ' ', provider.GetRequiredService<ModelMemory>().Device.type, provider.GetRequiredService<IOptions<TorchOptions>>().Value.Precision,
                TorchRuntime.Version, typeof(TorchRuntime).Module.ModuleVersionId)))
            .AddSingleton<SharedResults>();
    }

    private static IServiceCollection AddWorkerLoop(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WorkerOptions>().Bind(configuration.GetSection(WorkerOptions.Section)).ValidateOnStart();
        // The host gives up waiting for its services after a time of its own, which knows nothing of prompts that may still end.
        services.AddOptions<HostOptions>().PostConfigure<IOptions<WorkerOptions>>((host, worker) => host.ShutdownTimeout += worker.Value.ShutdownGrace);
        return services
            .AddSingleton<IValidateOptions<WorkerOptions>, WorkerOptionsValidator>()
            .AddSingleton(provider => provider.GetRequiredService<IOptions<WorkerOptions>>().Value.Limits)
            .AddSingleton<ActiveRuns>()
            .AddSingleton<DrainSwitch>()
            .AddSingleton<RecentErrors>()
            .AddSingleton<WorkerPulse>()
            .AddReadyCheck<WorkerCheck>("worker")
            .AddSingleton<WorkerIdentity>()
            .AddSingleton<WorkerInstruments>()
            .AddSingleton<WorkerLanes>()
            .AddSingleton<DeviceFaults>()
            .AddSingleton<HashNotes>()
            .AddSingleton<ModelHashes>()
            .AddSingleton<RunMeter>()
            .AddSingleton<LackedFiles>()
            .AddSingleton<LookAhead>()
            .AddSingleton<RunJob>()
            .AddHostedService<MemoryLimit>()
            .AddHostedService(provider => provider.GetRequiredService<ModelHashes>())
            .AddHostedService<WorkerLoop>();
    }


    private sealed class TorchOptionsValidator : IValidateOptions<TorchOptions>
    {
        public ValidateOptionsResult Validate(string? name, TorchOptions options)
        {
            string[] errors = [.. options.Validate().Select(error => $"{TorchOptions.Section}:{error}.")];
            return errors.Length > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
        }
    }
}
