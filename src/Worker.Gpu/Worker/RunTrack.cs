using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Contracts.Workers;

namespace Farm.Worker;

/// <summary>Where a run stands, by its events: the node that began last, and its bar.</summary>
internal sealed class RunTrack(Guid runId, TimeProvider clock)
{
    private RunningNode? _node;

    /// <summary>The node that runs; null before the first.</summary>
    public RunningNode? Node => Volatile.Read(ref _node);

    /// <summary>Takes an event of the run. Events of one run come one after the other.</summary>
    public void Take(RunEvent happened)
    {
        var now = clock.GetUtcNow();
        if (happened is NodeExecuting { Node: { } node })
            Volatile.Write(ref _node, new RunningNode { RunId = runId, Node = node, Since = now, MovedAt = now });
        else if (happened is NodeStepped step && _node is { } running)
            Volatile.Write(ref _node, running with { Value = step.Value, Max = step.Max, MovedAt = now });
    }
}

/// <summary>The errors that prompts of this worker ended with last.</summary>
internal sealed class RecentErrors(TimeProvider clock)
{
    private const int Kept = 5, LongestText = 300;

    private ImmutableArray<RunError> _errors = [];

    /// <summary>The newest first.</summary>
    public ImmutableArray<RunError> All => _errors;

    /// <summary>A run ended so; ignored when that was no error.</summary>
    public void Take(Guid runId, RunEvent closing)
    {
        if (closing is not ExecutionError { Failure: var failure })
            return;
        var where = failure.NodeId.Length > 0 ? $"node {failure.NodeId} ({failure.NodeType}): " : "";
        var text = $"{where}{failure.Type}: {failure.Message.Trim()}";
        var error = new RunError(runId, text.Length <= LongestText ? text : text[..LongestText] + "…", clock.GetUtcNow());
        ImmutableInterlocked.Update(ref _errors, static (errors, added) => [added, .. errors.Take(Kept - 1)], error);
    }
}
