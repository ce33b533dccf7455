using Farm.Storage.Hashing;
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
    /// Adds <see cref="IFileStore"/>, <see cref="IRunFiles"/>, <see cref="IContentIndex"/>, <see cref="IFileCatalog"/> and
    /// <see cref="DataFolders"/>, from the sections <c>Farm:Data</c> and <c>Farm:Storage</c>. May be called by each part of a process.
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
        services.AddLocalParts();
        services.AddHostedService<StoragePreparation>();
        return configuration.GetSection(FileStoreOptions.Section)[nameof(FileStoreOptions.Kind)] is { } text
            && Enum.TryParse<FileStoreKind>(text, ignoreCase: true, out var kind) && kind is FileStoreKind.S3
            ? services.AddS3Files(configuration)
            : services.AddLocalFiles();
    }

    /// <summary>What serves local folders, which hold models and node packs in every kind of store.</summary>
    private static void AddLocalParts(this IServiceCollection services) => services
        .AddSingleton<LinkGuard>()
        .AddSingleton<Staging>()
        .AddSingleton<LocalFileStore>()
        .AddSingleton<LocalContentIndex>()
        .AddSingleton<FileCatalog>();

    private static IServiceCollection AddLocalFiles(this IServiceCollection services) => services
        .AddSingleton<IFileStore>(provider => provider.GetRequiredService<LocalFileStore>())
        .AddSingleton<IRunFiles, LocalRunFiles>()
        .AddSingleton<IContentIndex>(provider => provider.GetRequiredService<LocalContentIndex>())
        .AddSingleton<IFileCatalog>(provider => provider.GetRequiredService<FileCatalog>());
}

/// <summary>Makes the folders before anything else starts and removes what dead writers left half written.</summary>
internal sealed class StoragePreparation(DataFolders folders, Staging staging, IOptions<FileStoreOptions> options, StorageInstruments instruments, TimeProvider time)
    : IHostedLifecycleService
{
    /// <summary>No write takes this long; a shared volume may hold files that other processes write now.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        folders.Create(area => options.Value.Kind is FileStoreKind.Local || AreaFileStore.IsLocal(area));
        instruments.Watch(folders);
        staging.ClearOlderThan(time.GetUtcNow() - Abandoned);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
