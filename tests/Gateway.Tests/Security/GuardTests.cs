using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Farm.Contracts.Prompts;
using Farm.Contracts.Security;
using Farm.Contracts.Workers;
using Farm.Gateway.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace Farm.Gateway.Tests.Security;

/// <summary>Open gateways, limits, the audit, and what the log must not hold.</summary>
public sealed class GuardTests
{
    [Fact]
    public async Task OpenGateway_OnLoopback_AsksNobody()
    {
        await using var host = await SecureHost.StartOpenAsync(FakeFarm.Create(), null);

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("GET", "/queue")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync("GET", "/farm/login")).StatusCode);
    }

    [Fact]
    public async Task OpenGateway_OnAnotherAddress_RefusesToStart()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(
            () => SecureHost.StartOpenAsync(FakeFarm.Create(), null, ("Kestrel:Endpoints:All:Url", "http://0.0.0.0:0")));

        Assert.All(
            ["Farm:Security:BootstrapKey", "Farm:Security:Oidc:Authority", "Farm:Security:AllowOpen", "0.0.0.0:0"],
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Farm:Security:AllowOpen", "true")]
    [InlineData("Farm:Security:BootstrapKey", SecureHost.Bootstrap)]
    [InlineData("Farm:Security:Require", "true")]
    public async Task Gateway_OnAnotherAddress_StartsWhereItIsSaidWhoIsLetIn(string option, string value)
    {
        await using var host = await SecureHost.StartOpenAsync(FakeFarm.Create(), null, (option, value), ("Kestrel:Endpoints:All:Url", "http://0.0.0.0:0"));

        using var client = new HttpClient();
        var answer = await client.GetAsync($"http://127.0.0.1:{host.Address.Port}/queue");

        Assert.Equal(option.EndsWith("AllowOpen", StringComparison.Ordinal) ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("Farm:Security:BootstrapKey", "too short")]
    [InlineData("Farm:Security:BootstrapKeyFile", "/no/such/file")]
    [InlineData("Farm:Security:Proxies:0", "somewhere")]
    [InlineData("Farm:Security:SessionLife", "00:00:00")]
    [InlineData("Farm:Security:FailuresPerMinute", "0")]
    [InlineData("Farm:Security:RateLimits:PerCaller", "-1")]
    [InlineData("Farm:Gateway:CorsOrigin", "https://studio.example/")]
    [InlineData("Farm:Gateway:CorsOrigin", "studio.example")]
    [InlineData("Farm:Security:Oidc:Authority", "http://id.example")]
    public async Task Option_BreakingItsRule_StopsTheStartAndIsNamed(string option, string value)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => SecureHost.StartOpenAsync(FakeFarm.Create(), null, (option, value)));

        Assert.Contains(option.TrimEnd('0', ':'), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BootstrapKey_FromAFile_Opens()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "key-of-a-file-0123456789-0123456789\n");
        await using var host = await SecureHost.StartOpenAsync(FakeFarm.Create(), null, ("Farm:Security:BootstrapKeyFile", file));

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("GET", "/farm/api/keys", "key-of-a-file-0123456789-0123456789")).StatusCode);
        File.Delete(file);
    }

    [Fact]
    public async Task Requests_BeyondALimit_AreA429ByCallerTenantAndAddress()
    {
        await using var host = await SecureHost.StartAsync(
            ("Farm:Security:RateLimits:PerCaller", "3"), ("Farm:Security:RateLimits:PerTenant", "5"), ("Farm:Security:RateLimits:PerAddress", "2"), ("Farm:Security:RateLimits:Burst", "1"));
        var (one, two) = (host.AddKey(AccessScopes.Read, "studio"), host.AddKey(AccessScopes.Read, "studio"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => host.SendAsync("GET", "/queue", one)));
        var others = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => host.SendAsync("GET", "/queue", two)));
        var nobodys = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => host.SendAsync("GET", "/queue")));

        foreach (var group in new[] { answers, others, nobodys })
            Assert.Contains(group, a => a.StatusCode == HttpStatusCode.TooManyRequests && a.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Actions_OfOperators_AreWrittenDownWithTheirOutcome()
    {
        await using var host = await SecureHost.StartAsync();
        host.Farm.SetAside = [new SetAsideWorker("w1", WorkerFault.Device, "bad", DateTimeOffset.UnixEpoch)];
        await host.SendAsync("POST", "/farm/api/workers/w1/bring-back", SecureHost.Bootstrap);
        await host.SendAsync("POST", "/farm/api/workers/w1/bring-back", SecureHost.Bootstrap);
        await host.SendAsync("POST", "/farm/api/workers/w1/bring-back", host.AddKey(AccessScopes.Submit, "studio"));
        await host.SendAsync("POST", "/farm/api/keys", SecureHost.Bootstrap, new StringContent("""{"name":"n","tenant":"t","scopes":["read"]}"""));
        await host.SendAsync("GET", "/farm/api/workers", SecureHost.Bootstrap);

        var audit = await (await host.SendAsync("GET", "/farm/api/audit", SecureHost.Bootstrap)).Content.ReadFromJsonAsync<JsonElement>();

        var entries = audit.GetProperty("entries").EnumerateArray()
            .Select(e => $"{e.GetProperty("actor").GetString()![..4]} {e.GetProperty("tenant")} {e.GetProperty("action")} {e.GetProperty("target")} {e.GetProperty("status")} {e.GetProperty("address")}");
        const string back = "POST /farm/api/workers/{id}/bring-back /farm/api/workers/w1/bring-back";
        var key = host.Farm.Security.Keys.Values.Single(k => k.Name == "n");
        Assert.Equal(
            new[]
            {
                $"key: default {back} 200 127.0.0.1", $"key: default {back} 409 127.0.0.1", $"key: studio {back} 403 127.0.0.1",
                $"key: default POST /farm/api/keys key {key.Id} of t for read 201 127.0.0.1",
            }.Order(StringComparer.Ordinal), entries.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Action_ForANamedTenant_IsWrittenDownAndOnesOwnIsNot()
    {
        await using var host = await SecureHost.StartAsync();

        await host.SendAsync("POST", "/farm/api/prompts/p/retry?tenant=studio", SecureHost.Bootstrap);
        await host.SendAsync("POST", "/farm/api/prompts/p/retry", SecureHost.Bootstrap);

        Assert.Equal("/farm/api/prompts/p/retry of tenant studio", Assert.Single(host.Farm.Security.Audit.Values).Target);
    }

    [Fact]
    public async Task Action_ThatCannotBeWrittenDown_IsNotDone()
    {
        await using var host = await SecureHost.StartAsync();
        host.Farm.SetAside = [new SetAsideWorker("w1", WorkerFault.Device, "bad", DateTimeOffset.UnixEpoch)];
        host.Farm.Security.Failure = new StoreUnavailableException("away", new InvalidOperationException());

        var answer = await host.SendAsync("POST", "/farm/api/workers/w1/bring-back", SecureHost.Bootstrap);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Single(host.Farm.SetAside);
    }

    [Fact]
    public async Task Credentials_OfACaller_AreNotPassedOn()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var upstream = builder.Build();
        upstream.Run(context => context.Response.WriteAsync(string.Join(' ', context.Request.Headers.Keys)));
        await upstream.StartAsync();
        await using var host = await SecureHost.StartAsync(("Farm:Frontend:ComfyServer", upstream.Urls.First()));
        var cookie = await host.SignInAsync(SecureHost.Bootstrap);

        var byKey = await host.SendAsync("GET", "/node-pack/route", SecureHost.Bootstrap, null, ("X-Other", "1"));
        var bySession = await host.SendAsync("GET", "/node-pack/route", null, null, ("Cookie", cookie), ("X-Other", "1"));
        var byNobody = await host.SendAsync("GET", "/node-pack/route");

        foreach (var answer in new[] { byKey, bySession })
        {
            var headers = (await answer.Content.ReadAsStringAsync()).Split(' ');
            Assert.Contains("X-Other", headers);
            Assert.Empty(headers.Intersect(["Authorization", "Cookie", "X-API-Key"], StringComparer.OrdinalIgnoreCase));
        }
        Assert.Equal(HttpStatusCode.Unauthorized, byNobody.StatusCode);
    }

    [Fact]
    public async Task Files_OfUsers_OpenInASandbox()
    {
        await using var host = await SecureHost.StartAsync();

        var file = await host.SendAsync("GET", "/api/userdata/x.html", SecureHost.Bootstrap);
        var page = await host.SendAsync("GET", "/", SecureHost.Bootstrap);

        Assert.Equal("sandbox", file.Headers.GetValues("Content-Security-Policy").Single());
        Assert.False(page.Headers.Contains("Content-Security-Policy"));
        Assert.Equal(("nosniff", "SAMEORIGIN"), (page.Headers.GetValues("X-Content-Type-Options").Single(), page.Headers.GetValues("X-Frame-Options").Single()));
    }

    [Fact]
    public async Task Address_OfAKnownProxysClient_IsTheClients()
    {
        await using var host = await SecureHost.StartAsync(("Farm:Security:Proxies:0", "127.0.0.1"));

        await host.SendAsync("POST", "/farm/api/workers/w1/bring-back", SecureHost.Bootstrap, null, ("X-Forwarded-For", "203.0.113.9"));

        Assert.Equal("203.0.113.9", Assert.Single(host.Farm.Security.Audit.Values).Address);
    }

    [Fact]
    public async Task Log_OfARun_HoldsNoSecret()
    {
        await using var host = await SecureHost.StartAsync();
        var key = host.AddKey(AccessScopes.Read);
        var cookie = await host.SignInAsync(key);
        await host.SendAsync("GET", "/queue", null, null, ("Cookie", cookie));
        await host.SendAsync("GET", "/queue", null, null, ("X-API-Key", key));
        await host.SendAsync("GET", "/queue", key[..^2] + "zz");
        await host.SendAsync("POST", "/farm/login", null, SecureHost.Form("a-wrong-key-of-somebody"), ("Sec-Fetch-Site", "same-origin"));
        var made = await (await host.SendAsync("POST", "/farm/api/keys", SecureHost.Bootstrap, new StringContent("""{"name":"n","tenant":"t","scopes":["read"]}""")))
            .Content.ReadFromJsonAsync<JsonElement>();
        var log = string.Join('\n', host.Log);

        Assert.Contains("signed in from", log, StringComparison.Ordinal);
        Assert.All(
            [SecureHost.Bootstrap, key[18..40], cookie[13..60], "a-wrong-key-of-somebody", made.GetProperty("key").GetString()![18..40]],
            secret => Assert.DoesNotContain(secret, log, StringComparison.Ordinal));
    }
}
