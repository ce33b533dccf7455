using System.Net.WebSockets;
using Farm.Gateway.Tests.Fakes;
using Farm.Gateway.Tests.Security;
using Xunit;

namespace Farm.Gateway.Tests.Http;

/// <summary>Pages of the origin that is named may call, with the headers that the frontend and scripts send; others may not, on an open gateway as on a closed one.</summary>
public sealed class CorsTests
{
    private const string Named = "https://studio.example", Other = "https://elsewhere.example";

    /// <summary>What a browser asks for before the frontend's own requests, and before a script's with a key.</summary>
    private static readonly string[] Asked = ["comfy-user", "content-type", "x-api-key", "x-farm-request", "authorization"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Preflight_OfTheNamedOrigin_AllowsWhatTheFrontendSends(bool closed)
    {
        await using var host = await StartAsync(closed, Named);

        var answer = await PreflightAsync(host, Named);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(Named, Header(answer, "Access-Control-Allow-Origin"));
        Assert.Equal("true", Header(answer, "Access-Control-Allow-Credentials"));
        Assert.Equal("Origin", Header(answer, "Vary"));
        Assert.Superset(Asked.ToHashSet(), Words(answer, "Access-Control-Allow-Headers"));
        Assert.Superset(new HashSet<string> { "get", "post", "put", "delete", "patch" }, Words(answer, "Access-Control-Allow-Methods"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Request_OfTheNamedOrigin_IsAnsweredToItsPage(bool closed)
    {
        await using var host = await StartAsync(closed, Named);

        var answer = await host.SendAsync(
            "POST", "/api/settings/Comfy.A", closed ? SecureHost.Bootstrap : null, new StringContent("1"), ("Origin", Named), ("Sec-Fetch-Site", "cross-site"), ("Comfy-User", "default"));

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal((Named, "true"), (Header(answer, "Access-Control-Allow-Origin"), Header(answer, "Access-Control-Allow-Credentials")));
    }

    [Fact]
    public async Task Refusal_ToTheNamedOrigin_CanBeReadByItsPage()
    {
        await using var host = await StartAsync(closed: true, Named);

        var answer = await host.SendAsync("GET", "/api/queue", null, null, ("Origin", Named), ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal((401, Named), ((int)answer.StatusCode, Header(answer, "Access-Control-Allow-Origin")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OtherOrigins_WhereOneIsNamed_AreRefusedAsWithoutIt(bool closed)
    {
        await using var host = await StartAsync(closed, Named);

        var preflight = await PreflightAsync(host, Other);
        var request = await host.SendAsync("GET", "/api/queue", closed ? SecureHost.Bootstrap : null, null, ("Origin", Other));
        var image = await host.SendAsync("GET", "/view?filename=a.png", closed ? SecureHost.Bootstrap : null, null, ("Sec-Fetch-Site", "cross-site"), ("Referer", Other + "/"));

        Assert.All([preflight, request, image], answer => Assert.Equal((403, null), ((int)answer.StatusCode, Header(answer, "Access-Control-Allow-Origin"))));
        Assert.All([preflight, request, image], answer => Assert.Empty(host.Farm.Calls));
    }

    [Fact]
    public async Task Image_OnAPageOfTheNamedOrigin_IsServed()
    {
        await using var host = await StartAsync(closed: false, Named);

        var answer = await host.SendAsync("GET", "/api/features", null, null, ("Sec-Fetch-Site", "cross-site"), ("Referer", Named + "/"));

        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnyOrigin_Allowed_GetsAnswersAndNoCredentials(bool closed)
    {
        await using var host = await StartAsync(closed, "*");

        var preflight = await PreflightAsync(host, Other);
        var request = await host.SendAsync("GET", "/api/queue", closed ? SecureHost.Bootstrap : null, null, ("Origin", Other), ("Sec-Fetch-Site", "cross-site"));

        Assert.All([preflight, request], answer => Assert.Equal(
            (200, "*", null, null),
            ((int)answer.StatusCode, Header(answer, "Access-Control-Allow-Origin"), Header(answer, "Access-Control-Allow-Credentials"), Header(answer, "Vary"))));
        Assert.Superset(Asked.ToHashSet(), Words(preflight, "Access-Control-Allow-Headers"));
    }

    [Fact]
    public async Task AnyOrigin_Allowed_ChangesNothingByASession()
    {
        await using var host = await StartAsync(closed: true, "*");
        var cookie = await host.SignInAsync(SecureHost.Bootstrap);

        var answer = await host.SendAsync("POST", "/api/interrupt", null, null, ("Origin", Other), ("Sec-Fetch-Site", "same-site"), ("Cookie", cookie));

        Assert.Equal(403, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Socket_OfTheNamedOrigin_Opens()
    {
        await using var host = await StartAsync(closed: false, Named);

        using var socket = await host.ConnectAsync(("Origin", Named), ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal(WebSocketState.Open, socket.State);
        await Assert.ThrowsAsync<WebSocketException>(() => host.ConnectAsync(("Origin", Other)));
    }

    private static Task<SecureHost> StartAsync(bool closed, string origin) => closed
        ? SecureHost.StartAsync(("Farm:Gateway:CorsOrigin", origin))
        : SecureHost.StartOpenAsync(FakeFarm.Create(), null, ("Farm:Gateway:CorsOrigin", origin));

    private static Task<HttpResponseMessage> PreflightAsync(SecureHost host, string origin) => host.SendAsync(
        "OPTIONS", "/api/settings/Comfy.A", null, null, ("Origin", origin), ("Sec-Fetch-Site", "cross-site"),
        ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", string.Join(',', Asked)));

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;

    private static HashSet<string> Words(HttpResponseMessage answer, string name) => [.. (Header(answer, name) ?? "").ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries)];
}
