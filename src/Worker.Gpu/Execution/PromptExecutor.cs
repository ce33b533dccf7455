using Farm.Worker.Execution.Caching;
using Farm.Worker.Execution.Caching.Shared;
using Farm.Worker.Execution.Events;
using Farm.Worker.Execution.Graph;
using Farm.Worker.Execution.Values;

namespace Farm.Worker.Execution;

/// <summary>
/// Executes prompts one after the other, as execution-semantics.md states, and keeps results and node objects between them.
/// Everything happens on the thread that calls, always the same one.
/// </summary>
internal sealed class PromptExecutor(
    NodeTable table, IOutputCache cache, INodeInvoker invoker, IServiceProvider services, TimeProvider clock, ILogger<PromptExecutor> logger)
{
    private readonly NodeObjects _objects = new(cache.KeepsResults);

    /// <summary>The node classes.</summary>
    public NodeTable Table { get; } = table;

    /// <summary>Results kept between prompts.</summary>
    public IOutputCache Cache { get; } = cache;

    /// <summary>Results that all workers share; null for none.</summary>
    public SharedResults? Shared { get; init; }

    /// <summary>Takes the nodes' times; null for nobody.</summary>
    public NodeInstruments? Instruments { get; init; }

    /// <summary>Who holds which values.</summary>
    public ValueLedger Ledger { get; } = new();

    /// <summary>What surrounds each call.</summary>
    public INodeInvoker Invoker { get; } = invoker;

    /// <summary>The worker's services.</summary>
    public IServiceProvider Services { get; } = services;

    /// <summary>The one clock.</summary>
    public TimeProvider Clock { get; } = clock;

    /// <summary>For warnings.</summary>
    public ILogger Logger { get; } = logger;

    /// <summary>
    /// Runs a prompt to its end; a failing node ends it, it does not throw. <paramref name="interrupted"/> stops it before the next call of
    /// a node, and inside a node that looks.
    /// </summary>
    /// <exception cref="System.Text.Json.JsonException">The prompt or its extra_data is not the JSON that the gateway accepts.</exception>
    public RunEnd Execute(RunRequest request, IRunSink sink, CancellationToken interrupted)
    {
        using var graph = new RunGraph(request.Prompt, Table);
        _objects.Keep(request.Tenant, graph.Submitted);
        using var run = new PromptRun(this, request, graph, sink, interrupted);
        return run.Execute(_objects);
    }

    /// <summary>Drops all results and node objects.</summary>
    public void DropResults()
    {
        Cache.Clear();
        _objects.Keep("", []);
    }
}
