using System.Net;
using System.Net.Http.Json;
using Farm.Gateway.Tests.Fakes;
using Farm.Storage;
using Microsoft.Extensions.Options;
using Xunit;

namespace Farm.Gateway.Tests.Identity;

/// <summary>What the gateway does for tenants by itself.</summary>
public sealed class TenantTests
{
    private static readonly (string, string)[] Trusting = [("Farm:Tenants:TrustHeader", "true"), ("Farm:Tenants:Operators", "ops")];

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "no-cache, private")]
    public async Task Answer_WhereTenantsDiffer_IsNotForCachesToGiveToAnother(bool trusts, string? expected)
    {
        await using var host = await GatewayHost.StartAsync(trusts ? Trusting : []);
        using var answer = await host.Client.GetAsync("/queue");
        Assert.Equal(expected, answer.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task View_FileThatIsTheSame_IsNotSentAgain()
    {
        await using var host = await GatewayHost.StartAsync(Trusting);
        await host.FilesOf("acme").Store.WriteAsync(FileKey.Create(FileArea.Output, "a.txt"), (stream, cancel) => stream.WriteAsync("x"u8.ToArray(), cancel).AsTask(), overwrite: true);
        host.Client.DefaultRequestHeaders.Add("X-Farm-Tenant", "acme");
        using var first = await host.Client.GetAsync("/view?filename=a.txt");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/view?filename=a.txt") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var again = await host.Client.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotModified), (first.StatusCode, again.StatusCode));
    }

    [Theory]
    [InlineData("acme", HttpStatusCode.Forbidden)]
    [InlineData("ops", HttpStatusCode.OK)]
    public async Task Free_OfEveryTenantsModels_IsForOperators(string tenant, HttpStatusCode expected)
    {
        await using var host = await GatewayHost.StartAsync(Trusting);
        host.Client.DefaultRequestHeaders.Add("X-Farm-Tenant", tenant);
        using var answer = await host.Client.PostAsJsonAsync("/free", new { });
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Start_PoolOfATenantThatCannotBe_NamesTheOption()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync(("Farm:Pools:Of:night:Tenants:0", "Acme Inc")));
        Assert.Contains("Farm:Pools:Of:night:Tenants holds 'Acme Inc'", refused.Message, StringComparison.Ordinal);
    }
}
