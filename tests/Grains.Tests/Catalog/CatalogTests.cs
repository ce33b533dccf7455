using Farm.Contracts.Catalog;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Catalog;

/// <summary>The union of all workers' nodes, and the workers themselves.</summary>
public sealed class CatalogTests
{
    [Fact]
    public async Task Register_NewClasses_RaisesTheVersionAndKeepsTheOrder()
    {
        await using var farm = await FarmCluster.StartAsync();
        var first = await farm.Catalog.GetAsync(-1);

        await farm.Catalog.RegisterAsync(Samples.Manifest("w2", "h2", "KSampler", "EmptyImage"));

        var second = await farm.Catalog.GetAsync(first.Version);
        Assert.True(second.Version > first.Version);
        Assert.Equal(["EmptyImage", "PreviewImage", "KSampler"], second.Definitions.Select(d => d.ClassType));
    }

    [Fact]
    public async Task Register_SameDefinitionsUnderAnotherHash_ChangesNothing()
    {
        await using var farm = await FarmCluster.StartAsync();
        var first = await farm.Catalog.GetAsync(-1);

        await farm.Catalog.RegisterAsync(Samples.Manifest("w2", "h2", "EmptyImage"));

        Assert.Equal(first.Version, (await farm.Catalog.GetAsync(-1)).Version);
        Assert.Equal(["EmptyImage"], await farm.Catalog.ClassesAsync("h2"));
    }

    [Fact]
    public async Task Get_KnownVersion_WaitsForTheNext()
    {
        await using var farm = await FarmCluster.StartAsync();
        var first = await farm.Catalog.GetAsync(-1);
        var next = farm.Catalog.GetAsync(first.Version);

        await farm.Catalog.RegisterAsync(Samples.Manifest("w2", "h2", "KSampler"));

        Assert.Equal(3, (await next).Definitions.Length);
    }

    [Fact]
    public async Task KnownBuild_WhileAnotherLives_DoesNotTakeDefinitionsBack()
    {
        await using var farm = await FarmCluster.StartAsync();
        var newer = Samples.Manifest("w2", "h2", "EmptyImage");
        await farm.Catalog.RegisterAsync(newer with { Definitions = [newer.Definitions[0] with { Category = "new" }] });

        await farm.Catalog.RegisterAsync(Samples.Manifest("w3", Samples.Hash, "EmptyImage", "PreviewImage"));
        Assert.Equal("new", (await EmptyImageAsync(farm)).Category);

        await farm.Catalog.LeaveAsync("w2");
        await farm.Catalog.RegisterAsync(Samples.Manifest("w3", Samples.Hash, "EmptyImage", "PreviewImage"));
        Assert.Equal("image", (await EmptyImageAsync(farm)).Category);
    }

    [Fact]
    public async Task Worker_WithoutHeartbeat_CountsAsGone()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.Catalog.RegisterAsync(Samples.Manifest("w2", "h2", "KSampler"));
        farm.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.True(await farm.Catalog.HeartbeatAsync(Samples.Status("w2") with { ResidentModels = ["a.safetensors"] }));
        farm.Clock.Advance(TimeSpan.FromSeconds(20));

        var worker = Assert.Single(await farm.Catalog.WorkersAsync());

        Assert.Equal("w2", worker.WorkerId);
        Assert.Equal(["a.safetensors"], worker.Status.ResidentModels);
        Assert.Equal(Samples.Start.AddSeconds(20), worker.SeenAt);
        await farm.Catalog.LeaveAsync("w2");
        Assert.Empty(await farm.Catalog.WorkersAsync());
        Assert.False(await farm.Catalog.HeartbeatAsync(Samples.Status("w2")));
    }

    private static async Task<NodeDefinition> EmptyImageAsync(FarmCluster farm) =>
        (await farm.Catalog.GetAsync(-1)).Definitions.First(d => d.ClassType == "EmptyImage");
}
