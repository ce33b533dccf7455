using Farm.Contracts.Assets;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Assets;

/// <summary>Begins a scan when a silo starts; where another silo's runs already, that is the one.</summary>
internal sealed class AssetScanStart(IGrainFactory grains, IOptions<AssetOptions> options, ILogger<AssetScanStart> logger)
{
    private const string Tenant = "default";

    /// <summary>Begins; returns while the scan runs.</summary>
    public async Task StartAsync()
    {
        if (!options.Value.ScanAtStart) return;
        try
        {
            await grains.GetGrain<IAssetScanGrain>(Tenant).StartAsync(AssetFiles.Roots);
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            // The silo that was to scan went away; what it would have found is found by the next scan.
            AssetLog.StartFailed(logger, error);
        }
    }
}
