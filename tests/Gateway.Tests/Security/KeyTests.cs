using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Farm.Contracts.Prompts;
using Farm.Contracts.Security;
using Farm.Gateway.Security.Keys;
using Farm.Gateway.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Farm.Gateway.Tests.Security;

/// <summary>API keys: making, using and revoking them.</summary>
public sealed class KeyTests
{
    [Fact]
    public async Task Key_MadeByAnOperator_IsToldOnceAndOpensItsTenant()
    {
        await using var host = await SecureHost.StartAsync();

        var made = await MakeAsync(host, """{"name":"render","tenant":"studio","scopes":["read","submit"]}""");
        var key = made.GetProperty("key").GetString()!;
        var me = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/farm/api/session") { Headers = { { "X-API-Key", key } } });
        var session = await me.Content.ReadFromJsonAsync<JsonElement>();
        var listed = await (await host.SendAsync("GET", "/farm/api/keys", SecureHost.Bootstrap)).Content.ReadAsStringAsync();

        Assert.Matches("^farm_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$", key);
        Assert.Equal(("studio", false, "read submit"), (
            session.GetProperty("tenant").GetString(), session.GetProperty("operator").GetBoolean(), string.Join(' ', session.GetProperty("scopes").EnumerateArray())));
        Assert.Contains(made.GetProperty("id").GetString()!, listed, StringComparison.Ordinal);
        Assert.DoesNotContain(key, listed, StringComparison.Ordinal);
        Assert.DoesNotContain(key, JsonSerializer.Serialize(host.Farm.Security.Keys.Values), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"tenant":"t","scopes":["read"]}""", "name")]
    [InlineData("""{"name":"n","tenant":"../x","scopes":["read"]}""", "tenant")]
    [InlineData("""{"name":"n","scopes":["read"]}""", "tenant")]
    [InlineData("""{"name":"n","tenant":"t"}""", "scopes")]
    [InlineData("""{"name":"n","tenant":"t","scopes":[]}""", "scopes")]
    [InlineData("""{"name":"n","tenant":"t","scopes":["all"]}""", "scopes")]
    [InlineData("""{"name":"n","tenant":"t","scopes":["read"],"expires_at":1}""", "expires_at")]
    [InlineData("""{"name":"n","tenant":"t","scopes":["read"],"expires_at":true}""", "expires_at")]
    [InlineData("""[]""", "name")]
    public async Task Wish_BreakingARule_IsA400ThatNamesTheField(string body, string field)
    {
        await using var host = await SecureHost.StartAsync();

        var answer = await host.SendAsync("POST", "/farm/api/keys", SecureHost.Bootstrap, new StringContent(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith(field + ":", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("details").GetString(), StringComparison.Ordinal);
        Assert.Empty(host.Farm.Security.Keys);
    }

    [Fact]
    public async Task Key_Revoked_OpensNothingAnyMore()
    {
        await using var host = await SecureHost.StartAsync();
        var key = host.AddKey(AccessScopes.Read);
        var before = await host.SendAsync("GET", "/queue", key);

        var revoked = await host.SendAsync("DELETE", "/farm/api/keys/" + KeySecret.IdOf(key), SecureHost.Bootstrap);
        var after = await host.SendAsync("GET", "/queue", key);
        var unknown = await host.SendAsync("DELETE", "/farm/api/keys/unknown", SecureHost.Bootstrap);

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.Unauthorized, HttpStatusCode.NotFound),
            (before.StatusCode, revoked.StatusCode, after.StatusCode, unknown.StatusCode));
        Assert.Contains("invalid_token", after.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_RevokedElsewhere_OpensNothingOnceItIsAskedForAgain()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(20000));
        await using var host = await SecureHost.StartAsync(FakeFarm.Create(), clock, ("Farm:Security:KeyCacheTime", "00:00:05"));
        var key = host.AddKey(AccessScopes.Read);
        await host.SendAsync("GET", "/queue", key);
        await host.Farm.Security.RevokeAsync(KeySecret.IdOf(key)!);

        var remembered = await host.SendAsync("GET", "/queue", key);
        var asked = host.Farm.Security.Asked;
        clock.Advance(TimeSpan.FromSeconds(5));
        var later = await host.SendAsync("GET", "/queue", key);

        Assert.Equal((HttpStatusCode.OK, 1, HttpStatusCode.Unauthorized), (remembered.StatusCode, asked, later.StatusCode));
    }

    [Fact]
    public async Task Key_WhileTheFarmCannotBeAsked_IsBelievedForAWhile()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(20000));
        await using var host = await SecureHost.StartAsync(FakeFarm.Create(), clock);
        var key = host.AddKey(AccessScopes.Read);
        await host.SendAsync("GET", "/queue", key);

        host.Farm.Security.Failure = new StoreUnavailableException("away", new InvalidOperationException());
        clock.Advance(TimeSpan.FromSeconds(59));
        var soon = await host.SendAsync("GET", "/queue", key);
        clock.Advance(TimeSpan.FromSeconds(1));
        var later = await host.SendAsync("GET", "/queue", key);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (soon.StatusCode, later.StatusCode));
    }

    [Fact]
    public async Task Key_Expired_OpensNothing()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(20000));
        await using var host = await SecureHost.StartAsync(FakeFarm.Create(), clock);
        var key = host.AddKey(AccessScopes.Read, expiresAt: clock.GetUtcNow().AddHours(1));

        var before = await host.SendAsync("GET", "/queue", key);
        clock.Advance(TimeSpan.FromHours(1));
        var after = await host.SendAsync("GET", "/queue", key);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before.StatusCode, after.StatusCode));
    }

    [Theory]
    [InlineData("wrong secret")]
    [InlineData("wrong id")]
    [InlineData("no key at all")]
    public async Task Key_Wrong_IsA401InComfysShape(string kind)
    {
        await using var host = await SecureHost.StartAsync();
        var key = host.AddKey(AccessScopes.Read);
        var wrong = kind switch { "wrong secret" => key[..^2] + "zz", "wrong id" => "farm_000000000000" + key[17..], _ => "x" };

        var answer = await host.SendAsync("GET", "/queue", wrong);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("unauthorized", body.GetProperty("error").GetProperty("type").GetString());
        Assert.Empty(body.GetProperty("node_errors").EnumerateObject());
    }

    [Fact]
    public async Task Keys_WrongOnes_AreRefusedByAddressAfterSoMany()
    {
        await using var host = await SecureHost.StartAsync(("Farm:Security:FailuresPerMinute", "3"));
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++)
            statuses.Add((await host.SendAsync("GET", "/queue", $"farm_00000000000{i}_{new string('x', 43)}")).StatusCode);

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], statuses);
    }

    [Fact]
    public async Task Operate_InAnotherTenant_OperatesNotTheFarm()
    {
        await using var host = await SecureHost.StartAsync();
        var key = host.AddKey(AccessScopes.Operate, "studio");

        foreach (var path in new[] { "/farm/api/keys", "/farm/api/audit", "/farm/api/workers" })
            Assert.Equal(HttpStatusCode.Forbidden, (await host.SendAsync("GET", path, key)).StatusCode);
    }

    [Fact]
    public async Task Tenant_OfAKey_IsNotChangedByAHeader()
    {
        await using var ignoring = await SecureHost.StartAsync();
        await using var trusting = await SecureHost.StartAsync(("Farm:Tenants:TrustHeader", "true"));

        var ignored = await ignoring.SendAsync("GET", "/farm/api/session", ignoring.AddKey(AccessScopes.Read, "studio"), null, ("X-Farm-Tenant", "default"));
        var key = trusting.AddKey(AccessScopes.Read, "studio");
        var agreed = await trusting.SendAsync("GET", "/farm/api/session", key, null, ("X-Farm-Tenant", "studio"));
        var foreign = await trusting.SendAsync("GET", "/farm/api/session", key, null, ("X-Farm-Tenant", "default"));

        Assert.Equal("studio", (await ignored.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("tenant").GetString());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (agreed.StatusCode, foreign.StatusCode));
    }

    private static async Task<JsonElement> MakeAsync(SecureHost host, string body)
    {
        var answer = await host.SendAsync("POST", "/farm/api/keys", SecureHost.Bootstrap, new StringContent(body));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
