using System.Net.Http.Json;
using System.Text.Json;
using Farm.Gateway.Tests.Fakes;
using Xunit;

namespace Farm.Gateway.Tests.Userdata;

/// <summary>User files as recorded from ComfyUI 0.19.3.</summary>
public class UserdataEndpointsTests
{
    [Fact]
    public async Task Write_ThenRead_KeepsNameTypeAndBytes()
    {
        await using var host = await GatewayHost.StartAsync();

        var written = await PutAsync(host, "sub/a.json", "{\"a\": 1}");
        var read = await host.Client.GetAsync("/userdata/sub%2Fa.json");

        Assert.Equal("\"sub/a.json\"", written);
        Assert.Equal("application/json", read.Content.Headers.ContentType?.ToString());
        Assert.Null(read.Content.Headers.ContentDisposition);
        Assert.Equal("bytes", read.Headers.AcceptRanges.ToString());
        Assert.Equal("{\"a\": 1}", await read.Content.ReadAsStringAsync());
        Assert.True(File.Exists(Path.Combine(host.Root, "user", "default", "sub", "a.json")));
    }

    [Theory]
    [InlineData("?overwrite=false", 409, "one")]
    [InlineData("?overwrite=FALSE", 200, "two")]
    [InlineData("?overwrite=", 200, "two")]
    [InlineData("", 200, "two")]
    public async Task Write_NameTaken_IsKeptOnlyByTheVeryWord(string query, int status, string text)
    {
        await using var host = await GatewayHost.StartAsync();
        await PutAsync(host, "c.txt", "one");

        var answer = await host.Client.PostAsync($"/userdata/c.txt{query}", new StringContent("two"));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(text, await host.Client.GetStringAsync("/userdata/c.txt"));
    }

    [Theory]
    [InlineData("..%2Fx.txt")]
    [InlineData("..")]
    [InlineData("%2e%2e")]
    [InlineData("a%2F..%2F..%2Fx")]
    [InlineData("%2Fabs%2Fx")]
    [InlineData("..%5Cx")]
    public async Task AnyMethod_NameOutside_Is403AndWritesNothing(string name)
    {
        await using var host = await GatewayHost.StartAsync();
        foreach (var method in new[] { "GET", "POST", "DELETE" })
            Assert.Equal(403, (await host.SendAsync(method, $"/userdata/{name}")).Response.StatusCode);

        Assert.Equal(403, (await host.SendAsync("POST", $"/api/userdata/a.txt/move/{name}")).Response.StatusCode);
        Assert.Empty(Directory.EnumerateFiles(host.Root, "x*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Names_EncodedTwice_AreDecodedOnce()
    {
        await using var host = await GatewayHost.StartAsync();

        await host.SendAsync("POST", "/userdata/%252e%252e%252Fx.txt");

        Assert.True(File.Exists(Path.Combine(host.Root, "user", "default", "%2e%2e%2Fx.txt")));
    }

    [Theory]
    [InlineData("false", 409, true, "dst")]
    [InlineData("true", 200, false, "src")]
    public async Task Move_NameTaken_FollowsOverwrite(string overwrite, int status, bool stays, string text)
    {
        await using var host = await GatewayHost.StartAsync();
        await PutAsync(host, "a.txt", "src");
        await PutAsync(host, "sub/b.txt", "dst");

        var answer = await host.Client.PostAsync($"/userdata/a.txt/move/sub%2Fb.txt?overwrite={overwrite}", null);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(stays, (await host.Client.GetAsync("/userdata/a.txt")).IsSuccessStatusCode);
        Assert.Equal(text, await host.Client.GetStringAsync("/userdata/sub%2Fb.txt"));
    }

    [Fact]
    public async Task Move_OntoItself_KeepsTheFile()
    {
        await using var host = await GatewayHost.StartAsync();
        await PutAsync(host, "a.txt", "src");

        await host.Client.PostAsync("/userdata/a.txt/move/a.txt", null);

        Assert.Equal("src", await host.Client.GetStringAsync("/userdata/a.txt"));
    }

    [Theory]
    [InlineData("POST", "/userdata/dir", 400)]
    [InlineData("POST", "/userdata/dir%2Ff.txt%2Fbelow", 400)]
    [InlineData("GET", "/userdata/dir", 403)]
    [InlineData("DELETE", "/userdata/dir", 404)]
    [InlineData("DELETE", "/userdata/dir%2Ff.txt", 204)]
    [InlineData("GET", "/userdata/none", 404)]
    [InlineData("POST", "/userdata/none/move/x", 404)]
    public async Task Folder_WhereAFileIsMeant_IsRefused(string method, string path, int status)
    {
        await using var host = await GatewayHost.StartAsync();
        await PutAsync(host, "dir/f.txt", "x");

        var answer = await host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("x") });

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("dir=d", """["b.txt"]""")]
    [InlineData("dir=d&recurse=true", """["b.txt","sub/c.txt"]""")]
    [InlineData("dir=d&recurse=1", """["b.txt"]""")]
    [InlineData("dir=d&recurse=true&split=true", """[["b.txt","b.txt"],["sub/c.txt","sub","c.txt"]]""")]
    public async Task List_Folder_LeavesOutHiddenNames(string query, string expected)
    {
        await using var host = await GatewayHost.StartAsync();
        foreach (var name in new[] { "d/b.txt", "d/sub/c.txt", "d/.hidden", "d/sub/.hid/e.txt" })
            await PutAsync(host, name, "12345");

        Assert.Equal(expected, await host.Client.GetStringAsync($"/userdata?{query}"));
    }

    [Theory]
    [InlineData("", 400, "Directory not provided")]
    [InlineData("?dir=none", 404, "Directory not found")]
    [InlineData("?dir=..", 403, "Invalid directory")]
    [InlineData("?dir=/etc", 403, "Invalid directory")]
    [InlineData("?dir=%252e%252e", 403, "Invalid directory")]
    public async Task List_BadFolder_IsAnsweredAsRecorded(string query, int status, string text)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.Client.GetAsync($"/userdata{query}");

        Assert.Equal((status, text), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Tree_Root_HasFoldersFirstThenFilesWhateverTheirCase()
    {
        await using var host = await GatewayHost.StartAsync();
        foreach (var name in new[] { "Zeta.txt", "alpha.txt", "sub/c.txt", "Dir2/x" })
            await PutAsync(host, name, "12345");

        var tree = await host.Client.GetFromJsonAsync<JsonElement>("/v2/userdata");

        Assert.Equal(
            ["Dir2:directory", "sub:directory", "alpha.txt:file", "sub/c.txt:file", "Dir2/x:file", "Zeta.txt:file"],
            tree.EnumerateArray().Select(e => $"{e.GetProperty("path").GetString()}:{e.GetProperty("type").GetString()}"));
    }

    [Theory]
    [InlineData("none", 404, "Requested path not found")]
    [InlineData("a.txt", 400, "Requested path is not a directory")]
    [InlineData("..", 400, "Invalid path requested")]
    public async Task Tree_BadPath_IsAnsweredAsRecorded(string path, int status, string text)
    {
        await using var host = await GatewayHost.StartAsync();
        await PutAsync(host, "a.txt", "x");

        var answer = await host.Client.GetAsync($"/v2/userdata?path={path}");

        Assert.Equal((status, text), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    private static async Task<string> PutAsync(GatewayHost host, string name, string text) =>
        await (await host.Client.PostAsync($"/userdata/{Uri.EscapeDataString(name)}", new StringContent(text))).Content.ReadAsStringAsync();
}
