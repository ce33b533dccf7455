using Farm.Gateway.Frontend;
using Farm.Gateway.Tests.Fakes;
using Xunit;

namespace Farm.Gateway.Tests.Frontend;

/// <summary>The page and its files: types and cache headers that the official frontend needs, and no answer for what is not there.</summary>
public sealed class FrontendTests : IDisposable
{
    private readonly string _build = Directory.CreateTempSubdirectory("farm-frontend-").FullName;

    public FrontendTests()
    {
        Write("index.html", "<p>build</p>");
        Write("assets/index-abc123.js", "1");
        Write("templates/index.json", "[]");
        Write("scripts/app.js", "2");
        Write("fonts/a.woff2", "3");
    }

    public void Dispose() => Directory.Delete(_build, recursive: true);

    [Fact]
    public async Task Root_NothingConfigured_IsThePlainPage()
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.Client.GetAsync("/");

        Assert.Equal("text/html", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-store, must-revalidate", answer.Headers.GetValues("Cache-Control").Single());
        Assert.Contains("/api/jobs?limit=20", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", "text/html", "no-store, must-revalidate")]
    [InlineData("/index.html", "text/html", "no-cache")]
    [InlineData("/assets/index-abc123.js", "text/javascript", "public, max-age=31536000, immutable")]
    [InlineData("/templates/index.json", "application/json", "no-cache")]
    [InlineData("/scripts/app.js", "text/javascript", "no-cache")]
    [InlineData("/fonts/a.woff2", "font/woff2", "no-cache")]
    public async Task File_OfTheBuild_HasItsTypeAndCacheHeaders(string path, string type, string cache)
    {
        await using var host = await GatewayHost.StartAsync(("Farm:Frontend:Root", _build));

        var answer = await host.Client.GetAsync(path);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(cache, answer.Headers.GetValues("Cache-Control").Single());
    }

    [Theory]
    [InlineData("/docs/KSampler/en.md")]
    [InlineData("/templates/none.json")]
    [InlineData("/extensions/pack/docs/x.md")]
    [InlineData("/user.css")]
    [InlineData("/user-select")]
    [InlineData("/..%2Fsecret")]
    public async Task Path_WithoutAFile_IsMissingNotThePage(string path)
    {
        await using var host = await GatewayHost.StartAsync(("Farm:Frontend:Root", _build));

        var answer = await host.Client.GetAsync(path);

        Assert.Equal((404, "application/octet-stream"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString()));
    }

    [Fact]
    public async Task Folders_OfTheirOwn_AreServedUnderTheirPaths()
    {
        Write("own-docs/KSampler/en.md", "# K");
        await using var host = await GatewayHost.StartAsync(("Farm:Frontend:Root", _build), ("Farm:Frontend:Docs", Path.Combine(_build, "own-docs")));

        var answer = await host.Client.GetAsync("/docs/KSampler/en.md");

        Assert.Equal("text/markdown", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("# K", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task UnknownPaths_ByOption_GoToAComfyServerWithTheirHost()
    {
        await using var upstream = await UpstreamServer.StartAsync();
        await using var host = await GatewayHost.StartAsync(("Farm:Frontend:ComfyServer", upstream.Address), ("Farm:Frontend:Root", _build));

        var custom = await host.Client.PostAsync("/mypack/run?x=1", new StringContent("body"));

        Assert.Equal("POST /mypack/run?x=1 localhost body", await custom.Content.ReadAsStringAsync());
        Assert.StartsWith("{\"queue_running\"", await host.Client.GetStringAsync("/api/queue"), StringComparison.Ordinal);
        Assert.Equal("2", await host.Client.GetStringAsync("/scripts/app.js"));
    }

    [Fact]
    public void Options_ThatContradict_AreNamed()
    {
        var options = new FrontendOptions { Root = "/none", DevServer = "ftp://x", Docs = "/none" };

        Assert.Equal(4, options.Problems().Count());
        Assert.All(options.Problems(), problem => Assert.StartsWith("Farm:Frontend:", problem, StringComparison.Ordinal));
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_build, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
