using Farm.Contracts.Assets;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Assets;

/// <summary>Scans that make assets of files.</summary>
public sealed class AssetScanTests
{
    private const string Tenant = "default";

    [Fact]
    public async Task Start_FilesThatCameMeanwhile_AreAssets()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:Assets:ScanAtStart", "true"));
        await farm.KillAsync();
        Write(farm, "input/sub/a.png", "1");
        Write(farm, "output/b.png", "22");
        Write(farm, "models/loras/c.safetensors", "333");
        Write(farm, "temp/d.png", "4444");
        await farm.StartAgainAsync();

        Assert.Equal(3, (await DoneAsync(farm)).Created);
        Assert.Equal(
            ["a.png input,sub 1", "b.png output 2", "c.safetensors loras,models 3"],
            (await ListAsync(farm)).Select(a => $"{a.Name} {string.Join(',', a.Tags)} {a.Size}"));
    }

    [Fact]
    public async Task Start_NothingNew_ReadsNoFileAgain()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:Assets:ScanAtStart", "true"));
        await farm.KillAsync();
        Write(farm, "input/a.png", "1");
        await farm.StartAgainAsync();
        await DoneAsync(farm);
        await farm.KillAsync();
        await farm.StartAgainAsync();

        Assert.Equal(new AssetScanProgress(1, 1, 0, 1), await DoneAsync(farm));
        Assert.Single(await ListAsync(farm));
    }

    [Fact]
    public async Task Start_ScanTurnedOff_LeavesFilesAlone()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.KillAsync();
        Write(farm, "input/a.png", "1");
        await farm.StartAgainAsync();

        Assert.Null((await farm.Grains.GetGrain<IAssetScanGrain>(Tenant).StatusAsync()).Progress);
    }

    [Fact]
    public async Task Prune_FilesThatAreGone_HidesTheirAssets()
    {
        await using var farm = await FarmCluster.StartAsync();
        Write(farm, "input/a.png", "1");
        Write(farm, "input/b.png", "2");
        var scan = farm.Grains.GetGrain<IAssetScanGrain>(Tenant);
        Assert.True(await scan.StartAsync(["input"]));
        await DoneAsync(farm);
        File.Delete(Path.Combine(farm.DataRoot, "input/a.png"));

        Assert.Equal(1, await scan.PruneAsync());
        Assert.Equal("b.png", Assert.Single(await ListAsync(farm)).Name);
    }

    private static void Write(FarmCluster farm, string path, string content)
    {
        var full = Path.Combine(farm.DataRoot, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }

    private static async Task<AssetScanProgress> DoneAsync(FarmCluster farm)
    {
        AssetScanStatus status;
        while ((status = await farm.Grains.GetGrain<IAssetScanGrain>(Tenant).WaitAsync()).State is not AssetScanState.Idle)
        {
        }
        Assert.Empty(status.Errors);
        return status.Progress!;
    }

    private static async Task<IReadOnlyList<Asset>> ListAsync(FarmCluster farm) =>
        (await farm.Grains.GetGrain<IAssetGrain>(Tenant).ListAsync(Tenant, new AssetQuery(new AssetFilter(), AssetSort.Name, Ascending: true, 0, 100))).Assets;
}
