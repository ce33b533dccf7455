using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>What a process tells operators and their machines.</summary>
public sealed partial class ManagementTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Probes_FarmThatRuns_SayHowItIs()
    {
        using var root = new DataRoot();
        await using var farm = await FarmProcess.StartAsync(root, "--Farm:Torch:Threads", "1", "--Farm:Management:Url", "http://127.0.0.1:0");
        using var client = new HttpClient { BaseAddress = new Uri(Address().Match(farm.Log).Value) };

        var ready = await ReadyAsync(client);
        Assert.Equal(["database", "farm", "process", "worker"], ready.GetProperty("checks").EnumerateObject().Select(c => c.Name).Order(StringComparer.Ordinal));
        Assert.All(ready.GetProperty("checks").EnumerateObject(), check => Assert.True(check.Value.GetProperty("ok").GetBoolean(), check.Name));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/livez", Cancel)).StatusCode);
        Assert.Equal("Farm.Standalone", JsonElement.Parse(await client.GetStringAsync("/version", Cancel)).GetProperty("process").GetString());
        var metrics = await client.GetStringAsync("/metrics", Cancel);
        Assert.Contains("farm_scheduler_waiting", metrics, StringComparison.Ordinal);
        Assert.Contains("orleans_", metrics, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/queue", Cancel)).StatusCode);
        // The runtime's thread for watched files has this name: the folder that would be watched holds the farm's data.
        Assert.DoesNotContain(farm.Threads(), name => name.StartsWith(".NET File Watch", StringComparison.Ordinal));
    }

    /// <summary>The worker is asked for work a moment after the gateway listens: readiness is asked until then, as a prober does.</summary>
    private static async Task<JsonElement> ReadyAsync(HttpClient client)
    {
        while (true)
        {
            using var answer = await client.GetAsync("/readyz", Cancel);
            var body = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancel));
            Assert.Equal(answer.IsSuccessStatusCode ? "ready" : "not ready", body.GetProperty("status").GetString());
            if (answer.IsSuccessStatusCode) return body;
        }
    }

    [GeneratedRegex(@"(?<=Probes and metrics at )http://\S+", RegexOptions.None, 2000)]
    private static partial Regex Address();
}
