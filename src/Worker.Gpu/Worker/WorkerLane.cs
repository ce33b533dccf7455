using Farm.Worker.Execution;
using Farm.Worker.Execution.Caching;
using Farm.Worker.Execution.Caching.Shared;
using Farm.Worker.Execution.Events;
using Farm.Worker.Execution.Graph;
using Microsoft.Extensions.Options;

namespace Farm.Worker;

/// <summary>One prompt at a time: a thread, an executor, a cache.</summary>
internal sealed class WorkerLane(PromptExecutor executor, string name) : IDisposable
{
    private readonly EngineThread _thread = new(name);

    /// <summary>Executes a prompt.</summary>
    public Task<RunEnd> ExecuteAsync(RunRequest request, IRunSink sink, CancellationToken interrupted) =>
        _thread.RunAsync(() => executor.Execute(request, sink, interrupted));

    /// <summary>Drops the cached results, after the prompt that runs and before the next.</summary>
    public Task DropResultsAsync() => _thread.RunAsync(() =>
    {
        executor.DropResults();
        return true;
    });

    /// <inheritdoc />
    public void Dispose() => _thread.Dispose();
}

/// <summary>All lanes of the worker.</summary>
internal sealed class WorkerLanes(
    NodeTable table, INodeInvoker invoker, IHostMemory memory, SharedResults shared, NodeInstruments instruments, IServiceProvider services, TimeProvider clock,
    ILogger<PromptExecutor> logger, IOptions<WorkerOptions> options) : IDisposable
{
    /// <summary>As many as prompts may run at a time.</summary>
    public IReadOnlyList<WorkerLane> All { get; } = [.. Enumerable.Range(0, options.Value.Parallelism).Select(i => new WorkerLane(
        new PromptExecutor(table, options.Value.Cache.Create(memory), invoker, services, clock, logger) { Shared = shared, Instruments = instruments }, $"engine {i}"))];

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var lane in All)
            lane.Dispose();
    }
}
