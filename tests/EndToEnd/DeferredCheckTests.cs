using System.Text.Json;
using Farm.EndToEnd.ExecutionRules;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>Validators are code on workers; while none lives, prompts are taken and judged by the worker that comes.</summary>
public sealed class DeferredCheckTests
{
    // A worker that never comes or never goes fails the test instead of keeping it waiting.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string[] _cluster = LocalCluster.Settings();

    [Fact]
    public async Task Rule5_9_ValidatorsVerdict_WithNoWorkerAlive_ComesWhenThePromptRuns()
    {
        using var root = new DataRoot();
        await using var grains = FarmProcess.StartPart(root, "Farm.Grains", _cluster);
        await using var gateway = FarmProcess.StartPart(root, "Farm.Gateway", [.. _cluster, "--urls", "http://127.0.0.1:0"]);
        await gateway.ListeningAsync();
        using var client = await RulesClient.ConnectAsync(gateway);
        await using (var first = StartWorker(root))
        {
            await UntilWorkersAsync(client, alive: true);
            Assert.Equal(0, await first.StopAsync());
        }
        await UntilWorkersAsync(client, alive: false);

        var (refusedLater, broken) = await client.PostAsync(Graph(5));
        var (accepted, sound) = await client.PostAsync(Graph(5.0));
        await using var second = StartWorker(root);
        var failed = await client.FollowAsync(broken.GetProperty("prompt_id").GetString()!);
        var ran = await client.FollowAsync(sound.GetProperty("prompt_id").GetString()!);

        Assert.Equal((200, 200), (refusedLater, accepted));
        Assert.Equal(("1", "TestCustomValidation1", "ValueError"), (Text(failed.Error, "node_id"), Text(failed.Error, "node_type"), Text(failed.Error, "exception_type")));
        Assert.Equal("Custom validation failed for node: Invalid type of input1: <class 'int'>\n", Text(failed.Error, "exception_message"));
        Assert.Equal("error", (await failed.HistoryAsync()).GetProperty("status").GetProperty("status_str").GetString());
        Assert.Single(ran.Of("execution_success"));
    }

    private FarmProcess StartWorker(DataRoot root) => FarmProcess.StartPart(root, "Farm.Worker.Gpu", [.. _cluster, "--Farm:Worker:Packs:Root", RulesFarm.Packs]);

    private static RulesGraph Graph(object value)
    {
        var graph = new RulesGraph();
        graph.Save(graph.Add("TestCustomValidation1", ("input1", value), ("input2", 0.1)));
        return graph;
    }

    private static async Task UntilWorkersAsync(RulesClient client, bool alive)
    {
        using var patience = new CancellationTokenSource(Patience);
        await LocalCluster.UntilWorkersAsync(client.Http, alive, patience.Token);
    }

    private static string? Text(JsonElement error, string name) => error.GetProperty(name).GetString();
}
