using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Farm.Gateway.Tests.Fakes;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Farm.Gateway.Tests.Security;

/// <summary>Tokens and accounts of an OpenID provider, which is a real one over HTTP.</summary>
public sealed class OidcTests
{
    private static readonly Dictionary<string, object> Ada = new(StringComparer.Ordinal) { ["sub"] = "ada", ["farm_tenant"] = "studio", ["scope"] = "openid farm:read" };

    [Fact]
    public async Task Token_OfTheProvider_OpensItsTenantAndScopes()
    {
        await using var provider = await OidcProvider.StartAsync();
        await using var host = await StartAsync(provider);

        var me = await SessionAsync(host, provider.Token(Ada));
        var list = await SessionAsync(host, provider.Token(new Dictionary<string, object>(Ada, StringComparer.Ordinal) { ["scope"] = new[] { "farm:submit", "farm:read" } }));
        var write = await host.SendAsync("POST", "/queue", provider.Token(Ada), new StringContent("{}"));

        Assert.Equal(("oidc:ada", "studio", "read"), (me.GetProperty("actor").GetString(), me.GetProperty("tenant").GetString(), Scopes(me)));
        Assert.Equal("read submit", Scopes(list));
        Assert.Equal(HttpStatusCode.Forbidden, write.StatusCode);
    }

    [Theory]
    [InlineData("issuer")]
    [InlineData("audience")]
    [InlineData("expired")]
    [InlineData("another key")]
    [InlineData("shared secret")]
    [InlineData("unsigned")]
    [InlineData("changed")]
    [InlineData("no tenant")]
    [InlineData("bad tenant")]
    [InlineData("no scopes")]
    public async Task Token_ThatIsNotGood_IsA401(string wrong)
    {
        await using var provider = await OidcProvider.StartAsync();
        await using var host = await StartAsync(provider);
        using var rsa = RSA.Create(2048);
        var past = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-10);
        var token = wrong switch
        {
            "issuer" => provider.Token(Ada, issuer: "http://elsewhere.example"),
            "audience" => provider.Token(Ada, "another"),
            "expired" => provider.Token(Ada, expires: past),
            "another key" => provider.Token(Ada, credentials: new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256)),
            "shared secret" => provider.Token(Ada, credentials: new SigningCredentials(new SymmetricSecurityKey(new byte[32]) { KeyId = "k1" }, SecurityAlgorithms.HmacSha256)),
            "unsigned" => provider.Token(Ada, signed: false),
            "changed" => Changed(provider.Token(Ada)),
            "no tenant" => provider.Token(Without("farm_tenant")),
            "bad tenant" => provider.Token(new Dictionary<string, object>(Ada, StringComparer.Ordinal) { ["farm_tenant"] = "../default" }),
            _ => provider.Token(Without("scope")),
        };

        var answer = await host.SendAsync("GET", "/queue", token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("unauthorized", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("type").GetString());
        Assert.DoesNotContain(host.Log, line => line.Contains(token.Split('.')[1], StringComparison.Ordinal));
    }

    [Fact]
    public async Task User_OfTheToken_IsNotChangedByTheHeader()
    {
        await using var provider = await OidcProvider.StartAsync();
        await using var host = await StartAsync(provider, ("Farm:Security:Oidc:UserClaim", "sub"), ("Farm:Users:MultiUser", "true"));
        host.Farm.Settings[("ada", "a")] = "1";
        host.Farm.Settings[("bob", "b")] = "2";

        var settings = await host.SendAsync("GET", "/settings", provider.Token(Ada), null, ("Comfy-User", "bob"));

        Assert.Equal("""{"a": 1}""".Replace(" ", "", StringComparison.Ordinal), (await settings.Content.ReadAsStringAsync()).Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_WithAClient_SignsInByTheCodeFlow()
    {
        await using var provider = await OidcProvider.StartAsync();
        await using var host = await StartAsync(provider, ("Farm:Security:Oidc:ClientId", "farm-pages"));
        using var browser = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = host.Address };

        var page = await browser.GetStringAsync("/farm/login?next=/farm/api/session");
        var answer = await browser.GetAsync("/farm/login/oidc?next=/farm/api/session");
        var me = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Contains("/farm/login/oidc?next=%2Ffarm%2Fapi%2Fsession", page, StringComparison.Ordinal);
        Assert.Equal("/farm/api/session", answer.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal(("oidc:ada", "studio", "read submit"), (me.GetProperty("actor").GetString(), me.GetProperty("tenant").GetString(), Scopes(me)));
    }

    [Fact]
    public async Task Provider_ThatDoesNotAnswer_IsA503()
    {
        var provider = await OidcProvider.StartAsync();
        await using var host = await StartAsync(provider, ("Farm:Security:Oidc:ClientId", "farm-pages"));
        var token = provider.Token(Ada);
        await provider.DisposeAsync();

        var byToken = await host.SendAsync("GET", "/queue", token);
        var atThePage = await host.SendAsync("GET", "/farm/login/oidc");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), (byToken.StatusCode, atThePage.StatusCode));
    }

    [Fact]
    public async Task Page_WithAnAccountOfNoTenant_SaysSo()
    {
        await using var provider = await OidcProvider.StartAsync();
        provider.Account.Remove("farm_tenant");
        await using var host = await StartAsync(provider, ("Farm:Security:Oidc:ClientId", "farm-pages"));
        using var browser = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = host.Address };

        var answer = await browser.GetAsync("/farm/login/oidc?next=/");

        Assert.Equal("/farm/login?failed", answer.RequestMessage!.RequestUri!.PathAndQuery);
        Assert.Contains("did not sign you in", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/queue")).StatusCode);
    }

    private static Task<SecureHost> StartAsync(OidcProvider provider, params (string Key, string Value)[] options) => SecureHost.StartOpenAsync(
        FakeFarm.Create(), null,
        [("Farm:Security:Oidc:Authority", provider.Issuer), ("Farm:Security:Oidc:Audience", "farm"), ("Farm:Security:Oidc:RequireHttps", "false"), .. options]);

    private static async Task<JsonElement> SessionAsync(SecureHost host, string token) =>
        await (await host.SendAsync("GET", "/farm/api/session", token)).Content.ReadFromJsonAsync<JsonElement>();

    private static string Scopes(JsonElement session) => string.Join(' ', session.GetProperty("scopes").EnumerateArray());

    private static Dictionary<string, object> Without(string claim) => Ada.Where(c => c.Key != claim).ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);

    private static string Changed(string token)
    {
        var parts = token.Split('.');
        var payload = Base64UrlEncoder.Decode(parts[1]).Replace("studio", "defaul", StringComparison.Ordinal);
        return $"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}";
    }
}
