using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Farm.Contracts.Security;
using Farm.Gateway.Security.Keys;
using Farm.Gateway.Security.SignIn;
using Farm.Gateway.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Farm.Gateway.Tests.Security;

/// <summary>Sessions in a browser, over real sockets.</summary>
public sealed class SignInTests
{
    private static readonly (string, string) Own = ("Sec-Fetch-Site", "same-origin");

    [Fact]
    public async Task Page_WithoutASession_IsSentToSignInAndBack()
    {
        await using var host = await SecureHost.StartAsync();

        var sent = await host.SendAsync("GET", "/?a=b%26c", null, null, ("Accept", "text/html,*/*"));
        var page = await host.SendAsync("GET", sent.Headers.Location!.ToString());
        var signedIn = await host.SendAsync("POST", "/farm/login", null, SecureHost.Form(SecureHost.Bootstrap, "/?a=b%26c"), Own);

        Assert.Equal((HttpStatusCode.Redirect, "/farm/login?next=%2F%3Fa%3Db%2526c"), (sent.StatusCode, sent.Headers.Location!.ToString()));
        Assert.Contains("value=\"/?a=b%26c\"", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.SeeOther, "/?a=b%26c"), (signedIn.StatusCode, signedIn.Headers.Location!.ToString()));
    }

    [Theory]
    [InlineData("/queue", "*/*")]
    [InlineData("/farm/login/../queue", "*/*")]
    [InlineData("/farm/login/x", "*/*")]
    [InlineData("/farm/login/../../index.html", "*/*")]
    [InlineData("/api/queue", "text/html")]
    [InlineData("/farm/api/workers", "text/html")]
    public async Task Program_WithoutASession_IsToldHowToSignIn(string path, string accept)
    {
        await using var host = await SecureHost.StartAsync();

        // As it stands: a client's own address would resolve the dots.
        var address = new Uri($"http://{host.Address.Authority}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Accept", accept } } };
        var answer = await host.Client.SendAsync(request);

        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer realm=\"farm\""), (answer.StatusCode, answer.Headers.WwwAuthenticate.ToString()));
        Assert.Equal("unauthorized", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Cookie_OfASession_IsForThisServersOwnPagesAlone()
    {
        await using var host = await SecureHost.StartAsync();

        var answer = await host.SendAsync("POST", "/farm/login", null, SecureHost.Form(SecureHost.Bootstrap), Own);

        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith("farm_session=", cookie, StringComparison.Ordinal);
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("; secure", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Cookie_BehindAProxyThatEndsTls_IsSecureWhereTheProxyIsKnown()
    {
        await using var known = await SecureHost.StartAsync(("Farm:Security:Proxies:0", "127.0.0.0/8"));
        await using var unknown = await SecureHost.StartAsync(("Farm:Security:Proxies:0", "10.0.0.0/8"));

        var secure = await known.SendAsync("POST", "/farm/login", null, SecureHost.Form(SecureHost.Bootstrap), Own, ("X-Forwarded-Proto", "https"));
        var plain = await unknown.SendAsync("POST", "/farm/login", null, SecureHost.Form(SecureHost.Bootstrap), Own, ("X-Forwarded-Proto", "https"));

        Assert.Contains("; secure", secure.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("; secure", plain.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Session_ReadsAndWrites_AsItsKeyMay()
    {
        await using var host = await SecureHost.StartAsync();
        var cookie = await host.SignInAsync(host.AddKey(AccessScopes.Read));

        var read = await host.SendAsync("GET", "/queue", null, null, ("Cookie", cookie));
        var write = await host.SendAsync("POST", "/queue", null, new StringContent("{}"), ("Cookie", cookie), Own);
        var broken = await host.SendAsync("GET", "/queue", null, null, ("Cookie", cookie[..^8] + "AAAAAAAA"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized), (read.StatusCode, write.StatusCode, broken.StatusCode));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: same-origin", true)]
    [InlineData("Sec-Fetch-Site: same-site", false)]
    [InlineData("Sec-Fetch-Site: none", false)]
    [InlineData("Origin: own", true)]
    [InlineData("Origin: http://elsewhere.example", false)]
    [InlineData("Origin: null", false)]
    [InlineData("X-Nothing: said", false)]
    public async Task Write_WithASession_ComesFromItsOwnPages(string header, bool passes)
    {
        await using var host = await SecureHost.StartAsync();
        var cookie = await host.SignInAsync(SecureHost.Bootstrap);
        var (name, value) = (header.Split(": ")[0], header.Split(": ")[1].Replace("own", $"http://{host.Address.Authority}", StringComparison.Ordinal));

        var write = await host.SendAsync("POST", "/queue", null, new StringContent("{}"), ("Cookie", cookie), (name, value));
        var farm = await host.SendAsync("POST", "/farm/api/keys", null, new StringContent("{}"), ("Cookie", cookie), (name, value));
        var marked = await host.SendAsync("POST", "/farm/api/keys", null, new StringContent("{}"), ("Cookie", cookie), (name, value), ("X-Farm-Request", "1"));

        Assert.Equal(passes ? HttpStatusCode.OK : HttpStatusCode.Forbidden, write.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, farm.StatusCode);
        Assert.Equal(passes ? HttpStatusCode.BadRequest : HttpStatusCode.Forbidden, marked.StatusCode);
    }

    [Fact]
    public async Task SignIn_FromAForeignPage_IsRefused()
    {
        await using var host = await SecureHost.StartAsync();

        var answer = await host.SendAsync("POST", "/farm/login", null, SecureHost.Form(SecureHost.Bootstrap), ("Origin", "http://elsewhere.example"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task SignIn_WithWrongKeys_IsRefusedAfterSoManyForTheRightOneToo()
    {
        await using var host = await SecureHost.StartAsync(("Farm:Security:FailuresPerMinute", "2"));

        var first = await host.SendAsync("POST", "/farm/login", null, SecureHost.Form("farm_0123456789ab_wrong"), Own);
        await host.SendAsync("POST", "/farm/login", null, SecureHost.Form("wrong"), Own);
        var later = await host.SendAsync("POST", "/farm/login", null, SecureHost.Form(SecureHost.Bootstrap), Own);

        Assert.Equal(HttpStatusCode.Unauthorized, first.StatusCode);
        Assert.Contains("opens nothing", await first.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.TooManyRequests, 60), (later.StatusCode, later.Headers.RetryAfter!.Delta!.Value.TotalSeconds));
    }

    [Theory]
    [InlineData("/a?b=c", "/a?b=c")]
    [InlineData("//elsewhere.example", "/")]
    [InlineData("/\\elsewhere.example", "/")]
    [InlineData("https://elsewhere.example", "/")]
    [InlineData("/a\r\nSet-Cookie: x", "/")]
    [InlineData("/\u00e9", "/")]
    [InlineData("", "/")]
    [InlineData(null, "/")]
    public void Next_ThatIsNoPathOfThisServer_IsTheRoot(string? next, string path) => Assert.Equal(path, SignInEndpoints.Local(next));

    [Fact]
    public async Task Session_OfOneReplica_IsTakenByTheOthersAndAfterARestart()
    {
        var farm = FakeFarm.Create();
        string cookie;
        await using (var first = await SecureHost.StartAsync(farm, null))
            cookie = await first.SignInAsync(SecureHost.Bootstrap);
        await using var second = await SecureHost.StartAsync(farm, null);

        Assert.Equal(HttpStatusCode.OK, (await second.SendAsync("GET", "/queue", null, null, ("Cookie", cookie))).StatusCode);
    }

    [Fact]
    public async Task Session_OfAnotherFarm_IsNotTaken()
    {
        await using var host = await SecureHost.StartAsync();
        await using var other = await SecureHost.StartAsync();

        var cookie = await other.SignInAsync(SecureHost.Bootstrap);

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.SendAsync("GET", "/queue", null, null, ("Cookie", cookie))).StatusCode);
    }

    [Fact]
    public async Task Session_WhoseKeyIsRevoked_Ends()
    {
        await using var host = await SecureHost.StartAsync();
        var key = host.AddKey(AccessScopes.Read);
        var cookie = await host.SignInAsync(key);

        await host.Farm.Security.RevokeAsync(KeySecret.IdOf(key)!);

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.SendAsync("GET", "/queue", null, null, ("Cookie", cookie))).StatusCode);
    }

    [Fact]
    public async Task Session_OfAFirstKeyThatWasChanged_Ends()
    {
        var farm = FakeFarm.Create();
        string cookie;
        await using (var before = await SecureHost.StartAsync(farm, null))
            cookie = await before.SignInAsync(SecureHost.Bootstrap);
        await using var after = await SecureHost.StartAsync(farm, null, ("Farm:Security:BootstrapKey", "another-key-of-the-tests-0123456789"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await after.SendAsync("GET", "/queue", null, null, ("Cookie", cookie))).StatusCode);
    }

    [Fact]
    public async Task Session_Used_SlidesUntilItsLifeIsOver()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(20000));
        await using var host = await SecureHost.StartAsync(FakeFarm.Create(), clock, ("Farm:Security:SessionIdleTime", "01:00:00"), ("Farm:Security:SessionLife", "02:00:00"));
        var cookie = await host.SignInAsync(SecureHost.Bootstrap);

        clock.Advance(TimeSpan.FromMinutes(40));
        var slid = await host.SendAsync("GET", "/queue", null, null, ("Cookie", cookie));
        var renewed = slid.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        clock.Advance(TimeSpan.FromMinutes(40));
        var old = await host.SendAsync("GET", "/queue", null, null, ("Cookie", cookie));
        var used = await host.SendAsync("GET", "/queue", null, null, ("Cookie", renewed));
        var again = used.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        clock.Advance(TimeSpan.FromMinutes(40));
        var over = await host.SendAsync("GET", "/queue", null, null, ("Cookie", again));

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.OK, HttpStatusCode.Unauthorized), (slid.StatusCode, old.StatusCode, used.StatusCode, over.StatusCode));
    }

    [Fact]
    public async Task SignOut_TakesTheCookieBack()
    {
        await using var host = await SecureHost.StartAsync();
        var cookie = await host.SignInAsync(SecureHost.Bootstrap);

        var answer = await host.SendAsync("POST", "/farm/logout", null, null, ("Cookie", cookie), Own);

        Assert.Equal((HttpStatusCode.SeeOther, "/farm/login"), (answer.StatusCode, answer.Headers.Location!.ToString()));
        Assert.StartsWith("farm_session=;", answer.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_FromElsewhere_LeadsInWhereOneSignedIn()
    {
        await using var host = await SecureHost.StartAsync();
        var cookie = await host.SignInAsync(SecureHost.Bootstrap);
        (string, string)[] come = [("Cookie", cookie), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")];

        var page = await host.SendAsync("GET", "/", null, null, [.. come, ("Sec-Fetch-Dest", "document")]);
        var frame = await host.SendAsync("GET", "/", null, null, [.. come, ("Sec-Fetch-Dest", "iframe")]);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (page.StatusCode, frame.StatusCode));
    }
}
