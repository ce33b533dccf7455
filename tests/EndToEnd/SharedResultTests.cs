using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Farm.EndToEnd.ExecutionRules;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>Texts that one worker process encoded and another one takes from the farm.</summary>
public sealed partial class SharedResultTests
{
    // A worker that never comes fails the test instead of keeping it waiting.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The nodes of the recorded workflow that encode a text.</summary>
    private static readonly string[] Texts = ["6", "7"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Texts_EncodedByOneWorkerProcess_AreTakenByAnother()
    {
        using var root = new DataRoot();
        var cluster = LocalCluster.Settings();
        await using var grains = FarmProcess.StartPart(root, "Farm.Grains", cluster);
        await using var gateway = FarmProcess.StartPart(root, "Farm.Gateway", [.. cluster, "--urls", "http://127.0.0.1:0"]);
        await using var day = StartWorker(root, cluster, pool: "day");
        await using var night = StartWorker(root, cluster, pool: "night");
        await gateway.ListeningAsync();
        using var client = await RulesClient.ConnectAsync(gateway);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(Patience);
        await LocalCluster.UntilWorkersAsync(client.Http, alive: true, patience.Token);

        var encoded = await RunAsync(client, pool: "day");
        var taken = await RunAsync(client, pool: "night");
        var kept = await RunAsync(client, pool: "night");

        Assert.Equal((Texts.Length, 0), await StoredAndTakenAsync(day));
        Assert.Equal((0, Texts.Length), await StoredAndTakenAsync(night));
        // Clients see no difference: what this worker never had counts as run, what it has as cached.
        Assert.Equal(encoded.Trace, taken.Trace);
        Assert.All(Texts, node => Assert.True(taken.DidRun(node) && !taken.WasCached(node) && kept.WasCached(node), node));
        Assert.Equal(await encoded.ImagesAsync("9"), await taken.ImagesAsync("9"));
    }

    // Names of results hold the hashes of model files: however slow the disk is, those are waited for, and so is the farm's answer.
    private static FarmProcess StartWorker(DataRoot root, string[] cluster, string pool) => FarmProcess.StartPart(root, "Farm.Worker.Gpu",
    [
        .. cluster, "--Farm:Worker:Name", pool, "--Farm:Worker:Pool", pool, "--Farm:Management:Url", "http://127.0.0.1:0", "--Farm:Torch:Threads", "1",
        "--Farm:Worker:SharedResults:HashPatience", "00:01:00", "--Farm:Worker:SharedResults:Timeout", "00:00:20",
    ]);

    private static async Task<RulesRun> RunAsync(RulesClient client, string pool)
    {
        var graph = Graphs.Recorded("txt2img");
        graph["3"]!["inputs"]!["steps"] = 1;
        graph["5"]!["inputs"]!["width"] = 64;
        graph["5"]!["inputs"]!["height"] = 64;
        var (status, body) = await client.PostAsync(new JsonObject
        {
            ["prompt"] = graph,
            ["client_id"] = client.Id,
            ["extra_data"] = new JsonObject { ["farm"] = new JsonObject { ["pool"] = pool } },
        });
        Assert.Equal(200, status);
        var run = await client.FollowAsync(body.GetProperty("prompt_id").GetString()!);
        Assert.Single(run.Of("execution_success"));
        return run;
    }

    private static async Task<(long Stored, long Taken)> StoredAndTakenAsync(FarmProcess worker)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Address().Match(worker.Log).Value) };
        var metrics = await client.GetStringAsync("/metrics", Cancel);
        return (Count(metrics, "farm_shared_results_stored_total"), Count(metrics, "farm_shared_results_hits_total"));
    }

    private static long Count(string metrics, string name) => metrics.Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && line.Contains("class_type=\"CLIPTextEncode\"", StringComparison.Ordinal))
        .Sum(line => long.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));

    [GeneratedRegex(@"(?<=Probes and metrics at )http://\S+", RegexOptions.None, 2000)]
    private static partial Regex Address();
}
