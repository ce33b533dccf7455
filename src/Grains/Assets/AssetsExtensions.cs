using Farm.Storage;

namespace Farm.Grains.Assets;

/// <summary>Registration of assets.</summary>
internal static class AssetsExtensions
{
    /// <summary>What the asset grains need: the file store, from <c>Farm:Data</c>.</summary>
    public static ISiloBuilder AddAssets(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddFarmStorage(configuration);
        silo.Services.AddSingleton<AssetScanner>();
        return silo;
    }
}
