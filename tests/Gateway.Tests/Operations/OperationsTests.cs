using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Farm.Contracts.Workers;
using Farm.Gateway.Tests.Fakes;
using Xunit;

namespace Farm.Gateway.Tests.Operations;

/// <summary>What operators see and do.</summary>
public class OperationsTests
{
    [Fact]
    public async Task Page_IsServed()
    {
        await using var host = await GatewayHost.StartAsync();

        var page = await host.Client.GetAsync("/farm");

        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Contains("/farm/api/workers", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workers_SetAside_AreListedAndBroughtBackOnce()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.SetAside = [new SetAsideWorker("w1", WorkerFault.Device, "<b>bad</b>", DateTimeOffset.UnixEpoch)];

        var worker = (await host.Client.GetFromJsonAsync<JsonElement>("/farm/api/workers")).GetProperty("workers")[0];
        var first = await host.Client.PostAsync("/farm/api/workers/w1/bring-back", null);
        var second = await host.Client.PostAsync("/farm/api/workers/w1/bring-back", null);

        Assert.Equal(("w1", "gone", "Device", "<b>bad</b>"), (
            worker.GetProperty("id").GetString(), worker.GetProperty("state").GetString(),
            worker.GetProperty("set_aside").GetProperty("fault").GetString(), worker.GetProperty("set_aside").GetProperty("detail").GetString()));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task Retry_OfAnUnknownPrompt_IsA404()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.PostAsync("/farm/api/prompts/unknown/retry", null)).StatusCode);
    }
}
