using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd.Watching;

/// <summary>A prompt's way through a gateway, a silo and a worker, each a process of its own, as a collector sees it.</summary>
public sealed class TraceTests
{
    private const string Secret = "a very private photo";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Prompt_ThroughThreeProcesses_IsOneTraceOfAllItsParts()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        await using var collector = await TraceCollector.StartAsync();
        var graph = Graphs.Recorded("txt2img");
        graph["6"]!["inputs"]!["text"] = Secret;

        await RunAsync(collector, graph, limit.Token);
        var trace = await TraceAsync(collector, 6 + graph.AsObject().Count, limit.Token);

        // docs/trace.svg is one of these.
        var picture = TraceDrawing.Svg(trace);
        await File.WriteAllTextAsync(Path.Combine(AppContext.BaseDirectory, "trace.svg"), picture, limit.Token);
        Span Only(string source, string name) => Assert.Single(trace, s => s.Source == source && s.Name == name);
        var submit = Only("Farm.Gateway", "submit");
        var run = Only("Farm.Worker", "run");
        var queued = Only("Farm.Scheduling", "queued");
        Assert.Equal("farm-gateway", submit.Process);
        Assert.Equal("farm-worker", run.Process);
        // The request is the trace's first span: it came without one.
        Assert.Equal("", Assert.Single(trace, s => s.Id == submit.ParentId).ParentId);
        Assert.Equal(["begin", "commit", "end"], trace.Where(s => s.Source == "Farm.Prompts").Select(s => s.Name).Order(StringComparer.Ordinal));
        Assert.All(trace.Where(s => s.Source is "Farm.Prompts" or "Farm.Scheduling"), s => Assert.Equal(("farm-grains", submit.Id), (s.Process, s.ParentId)));
        Assert.Equal(submit.Id, run.ParentId);
        var classes = graph.AsObject().Select(n => n.Value!["class_type"]!.GetValue<string>()).Order(StringComparer.Ordinal);
        var nodes = trace.Where(s => s.Source == "Farm.Nodes").ToList();
        Assert.Equal(classes, nodes.Select(s => s.Name).Order(StringComparer.Ordinal));
        Assert.All(nodes, s => Assert.Equal((run.Process, run.Id), (s.Process, s.ParentId)));
        Assert.All((string[])["farm-gateway", "farm-grains", "farm-worker", "submit", "queued", "commit", "begin", "run", "end", .. classes], name => Assert.Contains($">{name}<", picture, StringComparison.Ordinal));
        Assert.True(queued.End <= run.Start, "it ran before it was handed out");
        Assert.DoesNotContain(Secret, collector.Everything, StringComparison.Ordinal);
    }

    private static async Task RunAsync(TraceCollector collector, System.Text.Json.Nodes.JsonNode graph, CancellationToken cancel)
    {
        string[] settings = [.. LocalCluster.Settings(), "--Farm:Telemetry:OtlpEndpoint", collector.Address, "--Farm:Torch:Threads", "1"];
        using var root = new DataRoot();
        await using var grains = FarmProcess.StartPart(root, "Farm.Grains", settings);
        await using var gateway = FarmProcess.StartPart(root, "Farm.Gateway", [.. settings, "--urls", "http://127.0.0.1:0"]);
        await using var worker = FarmProcess.StartPart(root, "Farm.Worker.Gpu", settings);
        await gateway.ListeningAsync();
        using var http = new HttpClient { BaseAddress = gateway.Address };
        await LocalCluster.UntilWorkersAsync(http, alive: true, cancel);
        using var client = await ComfyClient.ConnectAsync(gateway);
        var messages = await client.FollowAsync(await client.SubmitAsync(graph));
        Assert.DoesNotContain(messages, m => m.Type == "execution_error");
        // What is not sent yet is sent when a process ends.
        await worker.StopAsync();
        await gateway.StopAsync();
        await grains.StopAsync();
    }

    /// <summary>The trace of the one prompt, once as many spans of the farm's own have come as it has.</summary>
    private static async Task<IReadOnlyList<Span>> TraceAsync(TraceCollector collector, int least, CancellationToken cancel)
    {
        while (true)
        {
            var spans = collector.Spans;
            var trace = spans.FirstOrDefault(s => s.Source == "Farm.Gateway" && s.Name == "submit")?.TraceId;
            if (spans.Count(s => s.TraceId == trace && s.Source.StartsWith("Farm.", StringComparison.Ordinal)) >= least)
                return [.. spans.Where(s => s.TraceId == trace)];
            await collector.MoreAsync(cancel);
        }
    }
}
