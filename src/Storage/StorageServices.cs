using Farm.Storage.Hashing;
using Farm.Storage.Local;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Farm.Storage;

/// <summary>Registers the file store. Another kind of store takes the place of the three interfaces registered under "local" here.</summary>
public static class StorageServices
{
    /// <summary>
    /// Adds <see cref="IFileStore"/>, <see cref="IRunFiles"/>, <see cref="IContentIndex"/>, <see cref="IFileCatalog"/> and
    /// <see cref="DataFolders"/>, from the section <c>Farm:Data</c>. May be called by each part of a process.
    /// </summary>
    public static IServiceCollection AddFarmStorage(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.Any(service => service.ServiceType == typeof(DataFolders)))
            return services;
        services.AddOptions<StorageOptions>().Bind(configuration.GetSection(StorageOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new DataFolders(provider.GetRequiredService<IOptions<StorageOptions>>().Value));
        services.AddLocalFiles();
        return services.AddHostedService<StoragePreparation>();
    }

    private static void AddLocalFiles(this IServiceCollection services) => services
        .AddSingleton<LinkGuard>()
        .AddSingleton<Staging>()
        .AddSingleton<IFileStore, LocalFileStore>()
        .AddSingleton<IRunFiles, LocalRunFiles>()
        .AddSingleton<IContentIndex, LocalContentIndex>()
        .AddSingleton<IFileCatalog, FileCatalog>();
}

/// <summary>Makes the folders before anything else starts and removes what dead writers left half written.</summary>
internal sealed class StoragePreparation(DataFolders folders, Staging staging, TimeProvider time) : IHostedLifecycleService
{
    /// <summary>No write takes this long; a shared volume may hold files that other processes write now.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        folders.Create();
        staging.ClearOlderThan(time.GetUtcNow() - Abandoned);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
