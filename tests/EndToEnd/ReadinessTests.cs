using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Farm.EndToEnd.Harness;
using Farm.TestSupport;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>What the parts of a farm say while something that they need is away.</summary>
public sealed class ReadinessTests : IDisposable
{
    private readonly DataRoot _root = new();
    private readonly (int Silo, int Clients) _ports = (FreePort(), FreePort());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task Gateway_BeforeASiloAndBeforeAWorker_SaysWhatItWaitsFor()
    {
        var (gatewayUrl, siloUrl, url) = (FreeUrl(), FreeUrl(), FreeUrl());
        await using var gateway = Start("Farm.Gateway", gatewayUrl, "--urls", url, "--Farm:Gateway:CatalogPatience", "00:00:00");

        var alone = await UntilAsync(gateway, gatewayUrl, answer => answer.Checks.Count > 0);
        await using var silo = Start("Farm.Grains", siloUrl);
        var first = await UntilAsync(gateway, gatewayUrl, answer => answer.Status == HttpStatusCode.OK);
        using var client = new HttpClient { BaseAddress = new Uri(url) };
        var classes = await client.GetAsync("/object_info", Cancel);
        var queue = await client.GetAsync("/queue", Cancel);
        await silo.KillAsync();
        var left = await UntilAsync(gateway, gatewayUrl, answer => answer.Status != HttpStatusCode.OK);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, false), (alone.Status, alone.Checks["farm"].Ok));
        Assert.Contains("no silo", alone.Checks["farm"].Detail, StringComparison.Ordinal);
        Assert.Contains("no worker has joined", first.Checks["farm"].Detail, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (classes.StatusCode, queue.StatusCode));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the scheduler does not answer", true), (left.Status, left.Checks["farm"].Detail, left.Checks["process"].Ok));
    }

    [Fact]
    public async Task Worker_WithoutASilo_IsNotReady()
    {
        var url = FreeUrl();
        await using var worker = Start("Farm.Worker.Gpu", url);

        var answer = await UntilAsync(worker, url, answer => answer.Checks.Count > 0);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, false), (answer.Status, answer.Checks["worker"].Ok));
        Assert.Equal("has not joined the farm yet", answer.Checks["worker"].Detail);
    }

    /// <summary>It stays in service: its grains would find no database elsewhere either.</summary>
    [Fact]
    public async Task Silo_WhoseDatabaseIsAway_SaysSoAndStaysReady()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var url = FreeUrl();
        await using var silo = Start("Farm.Grains", url, "--Farm:Database:Provider", "postgres", "--Farm:Database:ConnectionString", await postgres.CreateDatabaseAsync());

        await UntilAsync(silo, url, answer => answer.Status == HttpStatusCode.OK && answer.Checks["database"].Ok);
        await postgres.StopAtOnceAsync();
        var without = await UntilAsync(silo, url, answer => !answer.Checks["database"].Ok);
        await postgres.StartAgainAsync();
        var again = await UntilAsync(silo, url, answer => answer.Checks["database"].Ok);

        Assert.Equal(HttpStatusCode.OK, without.Status);
        Assert.Contains("submits get a 503", without.Checks["database"].Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, again.Status);
    }

    private FarmProcess Start(string name, string management, params string[] arguments) => FarmProcess.StartPart(
        _root, name,
        [
            "--Farm:Management:Url", management, "--Farm:Management:CheckTimeout", "00:00:02", "--Farm:Cluster:Kind", "localhost",
            "--Farm:Cluster:SiloPort", $"{_ports.Silo}", "--Farm:Cluster:GatewayPort", $"{_ports.Clients}", .. arguments,
        ]);

    /// <summary>Asks, as a prober does, until an answer is as wanted.</summary>
    private static async Task<Ready> UntilAsync(FarmProcess process, string url, Func<Ready, bool> wanted)
    {
        using var client = new HttpClient { BaseAddress = new Uri(url) };
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await timer.WaitForNextTickAsync(Cancel))
        {
            Assert.True(process.IsAlive, process.Log);
            try
            {
                using var answer = await client.GetAsync("/readyz", Cancel);
                if (Ready.Of(answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)) is var ready && wanted(ready))
                    return ready;
            }
            catch (HttpRequestException)
            {
                // Nothing listens yet.
            }
        }
        throw new InvalidOperationException("The timer ended.");
    }

    private static string FreeUrl() => $"http://127.0.0.1:{FreePort()}";

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private sealed record Ready(HttpStatusCode Status, IReadOnlyDictionary<string, (bool Ok, string Detail)> Checks)
    {
        public static Ready Of(HttpStatusCode status, JsonElement body) => new(status, body.GetProperty("checks").EnumerateObject().ToDictionary(
            check => check.Name, check => (check.Value.GetProperty("ok").GetBoolean(), check.Value.GetProperty("detail").GetString() ?? "")));
    }
}
