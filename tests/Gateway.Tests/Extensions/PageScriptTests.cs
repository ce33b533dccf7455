using System.Net.Http.Json;
using Farm.Gateway.Tests.Fakes;
using Farm.Gateway.Tests.Frontend;
using Farm.Gateway.Tests.Security;
using Xunit;

namespace Farm.Gateway.Tests.Extensions;

/// <summary>The scripts that a page is told to load.</summary>
public sealed class PageScriptTests : IDisposable
{
    /// <summary>Port 1 is reserved: nobody listens there.</summary>
    private const string Nobody = "http://127.0.0.1:1";

    private readonly string _folder = Directory.CreateTempSubdirectory("farm-extensions-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Scripts_OfTheConfiguredFolder_AreListedAndServed()
    {
        Write("pack/zoom.js", "export const a = 1;");
        Write("pack/js/deep/one #1.js", "export const b = 2;");
        Write("another/index.js", "");
        Write("pack/zoom.css", "");
        Write("pack/docs/Node/en.md", "");
        Write("pack/.hidden/x.js", "");
        await using var host = await GatewayHost.StartAsync(("Farm:Frontend:Extensions", _folder));

        var listed = await ListAsync(host.Client, "/api/extensions");

        Assert.Equal(["/extensions/another/index.js", "/extensions/pack/js/deep/one%20%231.js", "/extensions/pack/zoom.js"], listed);
        Assert.Equal("export const a = 1;", await host.Client.GetStringAsync(listed[2]));
        Assert.Equal("export const b = 2;", await host.Client.GetStringAsync(listed[1]));
        Assert.Equal(listed, await ListAsync(host.Client));
    }

    [Fact]
    public async Task Scripts_OfABuildsOwnFolder_AreNotListed()
    {
        Write("index.html", "");
        Write("extensions/core/widgets.js", "");
        await using var host = await GatewayHost.StartAsync(("Farm:Frontend:Root", _folder));

        Assert.Equal("[]", await host.Client.GetStringAsync("/extensions"));
    }

    [Fact]
    public async Task Scripts_OfARealComfy_StandAmongOurs()
    {
        Write("pack/m.js", "");
        await using var upstream = await UpstreamServer.StartAsync(
            """["/extensions/core/widgets.js", "/extensions/theirs/z.js", "/extensions/pack/m.js", "https://elsewhere.example/x.js", "/extensions/a/a.js"]""");
        await using var host = await GatewayHost.StartAsync(("Farm:Frontend:Extensions", _folder), ("Farm:Frontend:ComfyServer", upstream.Address));

        Assert.Equal(["/extensions/a/a.js", "/extensions/pack/m.js", "/extensions/theirs/z.js"], await ListAsync(host.Client));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("<html>")]
    [InlineData("{}")]
    public async Task Scripts_OfAComfyThatTellsNone_AreOursAloneAndTheLogSaysSo(string? answer)
    {
        Write("pack/m.js", "");
        await using var upstream = await UpstreamServer.StartAsync(answer);
        await using var host = await SecureHost.StartOpenAsync(
            FakeFarm.Create(), null, ("Farm:Frontend:Extensions", _folder), ("Farm:Frontend:ComfyServer", answer is null ? Nobody : upstream.Address));

        Assert.Equal(["/extensions/pack/m.js"], await ListAsync(host.Client));
        Assert.Contains(host.Log, line => line.Contains("did not tell its pages' scripts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TextsAndTemplates_OfPacks_AreNone()
    {
        await using var host = await GatewayHost.StartAsync(("Farm:Frontend:Extensions", _folder));

        Assert.Equal("{}", await host.Client.GetStringAsync("/api/i18n"));
        Assert.Equal("{}", await host.Client.GetStringAsync("/api/workflow_templates"));
    }

    private static async Task<string[]> ListAsync(HttpClient client, string path = "/extensions") => (await client.GetFromJsonAsync<string[]>(path))!;

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
