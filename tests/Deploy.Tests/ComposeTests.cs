using System.Diagnostics;
using Xunit;

namespace Farm.Deploy.Tests;

/// <summary>The compose files as docker-compose reads them.</summary>
public sealed class ComposeTests
{
    private const string Main = "compose.yaml";
    private static readonly string[] Services = ["bucket", "gateway", "grains", "migrate", "objects", "postgresql", "redis", "worker"];
    private static readonly string[] Watching = ["collector", "grafana", "prometheus"];

    [Fact]
    public async Task Config_OfTheHost_HasItsServices() => Assert.Equal(Services, (await ComposeConfig.OfAsync([Main])).Services.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public async Task Config_WithTheGpu_ReservesItForTheWorkerOfTheCudaImage()
    {
        var config = await ComposeConfig.OfAsync([Main, "compose.gpu.yaml"]);
        Assert.Equal(Services, config.Services.Keys.Order(StringComparer.Ordinal));
        var worker = config.Services["worker"];
        Assert.Equal("worker-cuda", worker["build"]["target"].Text);
        var device = Assert.Single(worker["deploy"]["resources"]["reservations"]["devices"].Items);
        Assert.Equal(("nvidia", "gpu"), (device["driver"].Text, Assert.Single(device["capabilities"].Items).Text));
        Assert.Equal("cuda", worker["environment"]["Farm__Torch__Device"].Text);
        // What the file below says is still there.
        Assert.Equal("/data", worker["environment"]["Farm__Data__Root"].Text);
    }

    [Fact]
    public async Task Config_WithTheFrontend_MountsItForTheGateway()
    {
        var gateway = (await ComposeConfig.OfAsync([Main, "compose.frontend.yaml"])).Services["gateway"];
        Assert.Equal("/frontend", gateway["environment"]["Farm__Frontend__Root"].Text);
        Assert.Contains(Path.Combine(ComposeConfig.Folder, "frontend") + ":/frontend:ro", gateway["volumes"].Items.Select(v => v.Text));
    }

    [Theory]
    [InlineData("POSTGRES_PASSWORD", Main)]
    [InlineData("OBJECTS_PASSWORD", Main)]
    [InlineData("BOOTSTRAP_KEY", Main)]
    [InlineData("FRONTEND", "compose.frontend.yaml")]
    public async Task Config_VariableMissing_IsRefusedByItsName(string variable, string file)
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => ComposeConfig.OfAsync(file == Main ? [Main] : [Main, file], without: variable));
        Assert.Contains("set " + variable, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_WithMonitoring_IsPinnedProbedAndMountsFilesThatExist()
    {
        var config = await ComposeConfig.OfAsync([Main], profile: "monitoring");
        Assert.Equal(Services.Concat(Watching).Order(StringComparer.Ordinal), config.Services.Keys.Order(StringComparer.Ordinal));
        var mounts = config.Services.Values.SelectMany(s => s["volumes"].Items).Select(v => v.Text.Split(':')[0]).Where(Path.IsPathRooted).ToArray();
        Assert.Equal(5, mounts.Length);
        Assert.All(mounts, path => Assert.True(Path.Exists(path), path));
        foreach (var (name, service) in config.Services.Where(s => !s.Value["build"].Exists))
        {
            Assert.Contains(':', service["image"].Text);
            // The bucket's job ends; the collector's image has nothing to ask with. Images of the farm's own have their probe with them.
            Assert.True(service["healthcheck"].Exists || name is "bucket" or "collector", name);
        }
    }

    [Fact]
    public async Task Grafana_WithoutAPassword_DoesNotStart()
    {
        var entry = (await ComposeConfig.OfAsync([Main], profile: "monitoring")).Services["grafana"]["entrypoint"].Items.Select(p => p.Text.Replace("$$", "$", StringComparison.Ordinal)).ToArray();
        var start = new ProcessStartInfo(entry[0], entry.Skip(1)) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["GF_SECURITY_ADMIN_PASSWORD"] = "";
        using var process = Process.Start(start)!;
        Assert.Equal("set GRAFANA_PASSWORD\n", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, process.ExitCode);
    }
}
