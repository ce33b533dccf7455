using Farm.Storage;

namespace Farm.Grains.Assets;

/// <summary>Registration of assets.</summary>
internal static class AssetsExtensions
{
    /// <summary>What the asset grains need: the file store, from <c>Farm:Data</c>, and options from <c>Farm:Assets</c>.</summary>
    public static ISiloBuilder AddAssets(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddFarmStorage(configuration);
        silo.Services.AddOptions<AssetOptions>().Bind(configuration.GetSection(AssetOptions.Section));
        silo.Services.AddSingleton<AssetScanner>();
        silo.Services.AddSingleton<AssetScanStart>();
        return silo.AddStartupTask((services, _) => services.GetRequiredService<AssetScanStart>().StartAsync());
    }
}
