using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Farm.Contracts.Prompts;
using Farm.Engine.Memory;
using Farm.Nodes;
using Farm.Worker;
using Farm.Worker.Execution;
using Farm.Worker.Execution.Caching;
using Farm.Worker.Execution.Events;
using Farm.Worker.Execution.Graph;
using Farm.Worker.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace Farm.Benchmarks;

/// <summary>What the executor itself costs: 1,000 nodes that compute nothing, from the prompt's text to its end.</summary>
internal static class ExecutorBenchmark
{
    private const int Nodes = 1000, WarmUp = 20, Rounds = 101;

    public static Task RunAsync(BenchmarkContext context)
    {
        var (cold, cached) = Measure(Chain());
        context.Add("executor", $"chain of {Nodes}, cold", cold, "µs/node");
        context.Add("executor", $"chain of {Nodes}, all cached", cached, "µs/node");
        (cold, cached) = Measure(Wide());
        context.Add("executor", $"{Nodes / 2} pairs side by side, cold", cold, "µs/node");
        context.Add("executor", $"{Nodes / 2} pairs side by side, all cached", cached, "µs/node");
        return Task.CompletedTask;
    }

    /// <summary>Integers, each the one before, and one node that shows the last.</summary>
    private static RunRequest Chain()
    {
        var graph = new JsonObject { ["0"] = Node("PrimitiveInt", "value", 7) };
        for (var i = 1; i < Nodes - 1; i++) graph[$"{i}"] = Node("PrimitiveInt", "value", Link(i - 1));
        graph[$"{Nodes - 1}"] = Node("PreviewAny", "source", Link(Nodes - 2));
        return Request(graph, [$"{Nodes - 1}"]);
    }

    /// <summary>Integers, each with a node that shows it.</summary>
    private static RunRequest Wide()
    {
        var graph = new JsonObject();
        for (var i = 0; i < Nodes; i += 2)
        {
            graph[$"{i}"] = Node("PrimitiveInt", "value", i);
            graph[$"{i + 1}"] = Node("PreviewAny", "source", Link(i));
        }
        return Request(graph, [.. Enumerable.Range(0, Nodes / 2).Select(i => (2 * i + 1).ToString(CultureInfo.InvariantCulture))]);
    }

    /// <summary>Median microseconds a node, without results and with all of them.</summary>
    private static (double Cold, double Cached) Measure(RunRequest request)
    {
        using var memory = new ModelMemory(CPU);
        using var services = new ServiceCollection().BuildServiceProvider();
        var table = new NodeTable(NodeType.FromAssembly(typeof(EmptyImage).Assembly, type => (NodeClass)Activator.CreateInstance(type, nonPublic: true)!));
        var executor = new PromptExecutor(
            table, new ClassicCache(), new TorchNodeInvoker(memory), services, TimeProvider.System, NullLogger<PromptExecutor>.Instance);
        List<double> cold = [], cached = [];
        for (var i = 0; i < WarmUp + Rounds; i++)
        {
            executor.DropResults();
            cold.Add(Run(executor, request, ran: Nodes));
            cached.Add(Run(executor, request, ran: 0));
        }
        return (Median(cold), Median(cached));
    }

    private static double Run(PromptExecutor executor, RunRequest request, int ran)
    {
        var sink = new CountingSink();
        var watch = Stopwatch.StartNew();
        var end = executor.Execute(request, sink, CancellationToken.None);
        var micros = watch.Elapsed.TotalMicroseconds / Nodes;
        return end.Outcome == RunOutcome.Success && sink.Ran == ran
            ? micros
            : throw new InvalidOperationException($"{sink.Ran} nodes ran, {ran} were to; {end.Closing}");
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Skip(WarmUp).Order()];
        return sorted[sorted.Length / 2];
    }

    private static RunRequest Request(JsonObject graph, string[] targets) => new()
    {
        PromptId = "bench",
        Tenant = "default",
        Prompt = graph.ToJsonString(),
        HasClient = true,
        Targets = [.. targets],
        Files = null!, // no node here asks for files
    };

    private static JsonObject Node(string classType, string input, JsonNode value) =>
        new() { ["class_type"] = classType, ["inputs"] = new JsonObject { [input] = value } };

    private static JsonArray Link(int node) => [node.ToString(CultureInfo.InvariantCulture), 0];

    /// <summary>Counts the nodes that ran, so that a figure of a cache that keeps nothing, or too much, is no figure.</summary>
    private sealed class CountingSink : IRunSink
    {
        public int Ran { get; private set; }

        public void Emit(params ReadOnlySpan<RunEvent> happened)
        {
            foreach (var one in happened) Ran += one is NodeExecuting { Node: not null } ? 1 : 0;
        }
    }
}
