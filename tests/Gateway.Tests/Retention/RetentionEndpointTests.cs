using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Farm.Gateway.Tests.Fakes;
using Xunit;

namespace Farm.Gateway.Tests.Retention;

/// <summary>What operators are told of retention, and that nobody else is.</summary>
public class RetentionEndpointTests
{
    private const string Path = "/farm/api/retention";

    [Fact]
    public async Task Status_TellsRulesAndWhatTheNextRunRemoves()
    {
        await using var host = await GatewayHost.StartAsync();

        var status = await host.Client.GetFromJsonAsync<JsonElement>(Path);

        Assert.Equal(
            """[{"kind":"temp","tenant":null,"age_seconds":86400,"count":null},{"kind":"history","tenant":"acme","age_seconds":null,"count":7}]""",
            status.GetProperty("rules").GetRawText());
        Assert.Equal((false, false, 3_600_000, JsonValueKind.Null), (
            status.GetProperty("dry_run").GetBoolean(), status.GetProperty("running").GetBoolean(), status.GetProperty("next_run_at").GetInt64(), status.GetProperty("last_run").ValueKind));
        Assert.Equal(
            """{"started_at":0,"ended_at":1000,"dry_run":true,"error":null,"kinds":[{"kind":"temp","count":2,"bytes":30,"held":1,"failed":0,"oldest":0,"newest":0,"samples":["a.png"],"has_more":false,"note":null}]}""",
            status.GetProperty("next").GetRawText());
    }

    [Fact]
    public async Task Run_WhileOneIsUnderWay_IsA409()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(HttpStatusCode.Accepted, (await host.Client.PostAsync($"{Path}/run", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await host.Client.PostAsync($"{Path}/run", null)).StatusCode);
        Assert.True((await host.Client.GetFromJsonAsync<JsonElement>(Path)).GetProperty("running").GetBoolean());
    }

    [Fact]
    public async Task Retention_OfATenantThatIsNotTheOperators_IsRefused()
    {
        await using var host = await GatewayHost.StartAsync(("Farm:Tenants:TrustHeader", "true"));
        host.Client.DefaultRequestHeaders.Add("X-Farm-Tenant", "acme");

        Assert.Equal(HttpStatusCode.Forbidden, (await host.Client.GetAsync(Path)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Client.PostAsync($"{Path}/run", null)).StatusCode);
    }
}
