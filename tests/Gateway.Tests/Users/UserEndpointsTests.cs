using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Farm.Gateway.Tests.Fakes;
using Xunit;

namespace Farm.Gateway.Tests.Users;

/// <summary>Users and what is theirs, as recorded from ComfyUI 0.19.3 with and without multi-user mode.</summary>
public class UserEndpointsTests
{
    private static readonly (string, string) MultiUser = ("Farm:Users:MultiUser", "true");

    [Fact]
    public async Task List_SingleUser_SaysSo()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal("""{"storage":"server","migrated":true}""", await host.Client.GetStringAsync("/users"));
    }

    [Fact]
    public async Task Add_InMultiUserMode_MakesAnIdOfTheName()
    {
        await using var host = await GatewayHost.StartAsync(MultiUser);

        var answer = await host.Client.PostAsJsonAsync("/api/users", new { username = "  Jo Ö/x " });

        var id = await answer.Content.ReadFromJsonAsync<string>();
        Assert.Matches(new Regex("^Jo-x_[0-9a-f-]{36}$", RegexOptions.None, TimeSpan.FromSeconds(1)), id);
        var users = (await host.Client.GetFromJsonAsync<JsonElement>("/users")).GetProperty("users");
        Assert.Equal("Jo Ö/x", users.GetProperty(id!).GetString());
    }

    [Theory]
    [InlineData("""{"username": ""}""", "username not provided")]
    [InlineData("""{"username": "  "}""", "username not provided")]
    [InlineData("""{"username": "__sys"}""", "System User prefix not allowed")]
    [InlineData("""{"username": "taken"}""", "Duplicate username.")]
    public async Task Add_BadName_IsRefusedAsRecorded(string body, string error)
    {
        await using var host = await GatewayHost.StartAsync(MultiUser);
        await host.Client.PostAsJsonAsync("/users", new { username = "taken" });

        var answer = await host.Client.PostAsync("/users", new StringContent(body));

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal(error, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"username": 5}""")]
    [InlineData("""{"username": null}""")]
    public async Task Add_BrokenBody_Is400(string body)
    {
        await using var host = await GatewayHost.StartAsync(MultiUser);

        Assert.Equal(400, (int)(await host.Client.PostAsync("/users", new StringContent(body))).StatusCode);
    }

    [Theory]
    [InlineData("GET", "/settings", 401)]
    [InlineData("GET", "/settings/x", 401)]
    [InlineData("POST", "/settings", 401)]
    [InlineData("GET", "/userdata?dir=x", 401)]
    [InlineData("POST", "/userdata/x", 401)]
    [InlineData("GET", "/v2/userdata", 403)]
    public async Task OwnData_WithoutAKnownUser_IsRefused(string method, string path, int status)
    {
        await using var host = await GatewayHost.StartAsync(MultiUser);
        foreach (var header in new[] { null, "ghost", "__system", "../x" })
        {
            var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("{}") };
            if (header is not null)
                request.Headers.TryAddWithoutValidation("Comfy-User", header);

            Assert.Equal(status, (int)(await host.Client.SendAsync(request)).StatusCode);
        }
    }

    [Fact]
    public async Task OwnData_OfTwoUsers_IsApart()
    {
        await using var host = await GatewayHost.StartAsync(MultiUser);
        var a = await AddAsync(host, "a");
        var b = await AddAsync(host, "b");

        await SendAsync(host, a, "POST", "/settings", """{"k": 1}""");
        await SendAsync(host, a, "POST", "/userdata/f.txt", "mine");

        Assert.Equal("""{"k":1}""", await SendAsync(host, a, "GET", "/settings"));
        Assert.Equal("{}", await SendAsync(host, b, "GET", "/settings"));
        Assert.Equal("null", await SendAsync(host, b, "GET", "/settings/k"));
        Assert.Equal("mine", await SendAsync(host, a, "GET", "/userdata/f.txt"));
        Assert.Equal("", await SendAsync(host, b, "GET", "/userdata/f.txt"));
        Assert.Equal("[]", await SendAsync(host, b, "GET", "/v2/userdata"));
    }

    [Theory]
    [InlineData("""{"a": 1, "a": 2}""", """{"a":2}""")]
    [InlineData("\"grüße ☕\"", "\"gr\\u00FC\\u00DFe \\u2615\"")]
    [InlineData("1.50", "1.50")]
    public async Task Setting_AnyJson_ComesBackInAscii(string sent, string read)
    {
        await using var host = await GatewayHost.StartAsync();

        await host.Client.PostAsync("/settings/cf.a%2Fb", new StringContent(sent));

        Assert.Equal(read, await host.Client.GetStringAsync("/api/settings/cf.a%2Fb"));
    }

    [Theory]
    [InlineData("/settings", "[1]")]
    [InlineData("/settings", "")]
    [InlineData("/settings", "null")]
    [InlineData("/settings/x", "abc")]
    [InlineData("/settings/x", "")]
    public async Task Setting_BrokenBody_Is400(string path, string body)
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(400, (int)(await host.Client.PostAsync(path, new StringContent(body))).StatusCode);
        Assert.Equal("{}", await host.Client.GetStringAsync("/settings"));
    }

    [Fact]
    public async Task Setting_TooLong_IsRefusedByItsName()
    {
        await using var host = await GatewayHost.StartAsync(("Farm:Gateway:MaxSettingLength", "1024"));

        var answer = await host.Client.PostAsJsonAsync("/settings", new { small = 1, big = new string('x', 2000) });

        Assert.Equal(400, (int)answer.StatusCode);
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal("Invalid value for 'big'", error.GetProperty("message").GetString());
        Assert.Equal("{}", await host.Client.GetStringAsync("/settings"));
    }

    private static async Task<string> AddAsync(GatewayHost host, string name) =>
        (await (await host.Client.PostAsJsonAsync("/users", new { username = name })).Content.ReadFromJsonAsync<string>())!;

    private static async Task<string> SendAsync(GatewayHost host, string user, string method, string path, string body = "")
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body), Headers = { { "Comfy-User", user } } };
        return await (await host.Client.SendAsync(request)).Content.ReadAsStringAsync();
    }
}
