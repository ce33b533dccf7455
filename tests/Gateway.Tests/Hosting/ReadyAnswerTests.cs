using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Farm.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Farm.Gateway.Tests.Hosting;

/// <summary>What <c>/readyz</c> says of checks that do not pass.</summary>
public sealed class ReadyAnswerTests
{
    [Fact]
    public async Task Check_ThatNeverAnswers_IsNamedWhenItsTimeIsOver()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var builder = Host.CreateApplicationBuilder(["--Farm:Management:Url", address.ToString(), "--Farm:Management:CheckTimeout", "00:00:00.2"]);
        builder.Logging.ClearProviders();
        builder.AddFarmHosting("test");
        builder.Services.AddReadyCheck<Hanging>("hangs");
        using var host = builder.Build();
        await host.StartAsync();
        using var client = new HttpClient { BaseAddress = address };

        var answer = await client.GetAsync("/readyz");
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        await host.StopAsync();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready"), (answer.StatusCode, body.GetProperty("status").GetString()));
        Assert.False(body.GetProperty("checks").GetProperty("hangs").GetProperty("ok").GetBoolean());
        Assert.True(body.GetProperty("checks").GetProperty("process").GetProperty("ok").GetBoolean());
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private sealed class Hanging : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }
}
