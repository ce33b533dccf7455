using Farm.Storage.Local;
using Farm.Storage.S3;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Farm.Storage;

/// <summary>Registers the file store.</summary>
public static class StorageServices
{
    /// <summary>
    /// Adds <see cref="IFarmFiles"/> and <see cref="DataFolders"/>, from the sections <c>Farm:Data</c> and <c>Farm:Storage</c>. May be called
    /// by each part of a process. A store by itself is not to be had: which files it has hangs on the tenant.
    /// </summary>
    public static IServiceCollection AddFarmStorage(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.Any(service => service.ServiceType == typeof(DataFolders)))
            return services;
        services.AddOptions<StorageOptions>().Bind(configuration.GetSection(StorageOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        services.AddOptions<FileStoreOptions>().Bind(configuration.GetSection(FileStoreOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<FileStoreOptions>, FileStoreOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new DataFolders(provider.GetRequiredService<IOptions<StorageOptions>>().Value));
        services.AddMetrics();
        services.AddSingleton<StorageInstruments>();
        services.AddHostedService<StoragePreparation>();
        return configuration.GetSection(FileStoreOptions.Section)[nameof(FileStoreOptions.Kind)] is { } text
            && Enum.TryParse<FileStoreKind>(text, ignoreCase: true, out var kind) && kind is FileStoreKind.S3
            ? services.AddS3Files(configuration)
            : services.AddSingleton<IFarmFiles, LocalFarmFiles>();
    }
}

/// <summary>Makes the folders before anything else starts and removes what dead writers left half written.</summary>
internal sealed class StoragePreparation(DataFolders folders, IOptions<FileStoreOptions> options, StorageInstruments instruments, TimeProvider time)
    : IHostedLifecycleService
{
    /// <summary>No write takes this long; a shared volume may hold files that other processes write now.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        folders.Create(area => options.Value.Kind is FileStoreKind.Local || AreaFileStore.IsLocal(area));
        instruments.Watch(folders);
        foreach (var tenant in folders.TenantNames().Prepend(TenantName.Default))
            new Staging(folders.For(tenant)).ClearOlderThan(time.GetUtcNow() - Abandoned);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
