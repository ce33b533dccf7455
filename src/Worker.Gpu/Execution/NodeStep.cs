using Farm.Contracts.Catalog;
using Farm.Contracts.Prompts;
using Farm.Nodes;
using Farm.Worker.Execution.Caching;
using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution;

/// <summary>
/// Processes one scheduled node at a time (execution-semantics, section 8): from the cache, or by calling its object for each slice of
/// its inputs, after asking it which lazy inputs it needs.
/// </summary>
internal sealed class NodeStep(PromptRun run, PromptExecutor executor, NodeObjects objects)
{
    /// <summary>The inputs of the call that is under way, for error messages; null when there is none.</summary>
    public NodeInputs? Inputs { get; private set; }

    /// <summary>Forgets the last node.</summary>
    public void Reset() => Inputs = null;

    /// <summary>The value of a node's fingerprint. Throws what the node throws.</summary>
    public static object? Fingerprint(PromptRun run, RunNode node, NodePlan plan)
    {
        var inputs = NodeInputs.Constants(node, plan, run);
        var values = plan.TakesLists ? (IReadOnlyList<object?>)[.. inputs.Lists] : [.. inputs.Lists.Select(l => l[0])];
        var call = new NodeCall(new CallContext(run, node, 0), inputs.Names, values);
        var value = Wait(((IFingerprintedNode)plan.Type.Create()).FingerprintAsync(call, run.Stopping));
        // A blocker means nothing here (execution-semantics, 14.5).
        return value is ExecutionBlocker ? null : value;
    }

    /// <summary>Takes a node as far as it goes now: to its end, or to a wait.</summary>
    public void Process(RunNode node)
    {
        Reset();
        if (executor.Cache.Find(node) is { } cached)
        {
            run.CompleteCached(node, cached);
            return;
        }
        var plan = node.Plan ?? throw NodeFailedException.KeyError(PythonValue.Repr(node.ClassType));
        if (node.Expansion is { } expansion)
        {
            Finish(node, plan, expansion.Resolve(node), expansion.Ui);
            return;
        }
        if (node.Calls is { } ended)
        {
            node.Calls = null;
            var results = ended.Results().SelectMany(SliceOutput.Owned);
            node.Hold(executor.Ledger, results);
            Show(node, plan, ended.Collect(result => SliceOutput.Read(plan, result)));
        }
        else if (Call(node, plan) is { } slices)
        {
            Show(node, plan, slices);
        }
    }

    // Null when the node waits, for lazy inputs or for its calls to end, or is done.
    private SliceOutput[]? Call(RunNode node, NodePlan plan)
    {
        run.Progress.Start(node.Identity);
        Inputs = NodeInputs.Gather(node, plan, run);
        run.Sink.Emit(new NodeExecuting(node.Id, node.Identity.DisplayNode));
        var instance = objects.Get(run.Request.Tenant, node, plan);
        var slices = Slices.Of(plan, node, Inputs);
        if (plan.Is(NodeTraits.LazyCheck) && NeededLinks(node, plan, (ILazyNode)instance, slices) is { Count: > 0 } needed)
        {
            run.Require(node, needed);
            return null;
        }
        node.Timing = executor.Instruments?.Start(node, plan, run.Request.Trace);
        if (TakeShared(node, plan, instance, slices))
            return null;
        if (instance is AsyncNode asynchronous)
            return Start(node, plan, asynchronous, slices);
        var results = new SliceOutput[slices.Count];
        for (var i = 0; i < results.Length; i++)
            results[i] = BlockerOf(node, plan, slices[i]) ?? Run(node, plan, (Node)instance, slices.Call(i, run));
        return results;
    }

    // A result that another worker made counts as run: ComfyUI's clients see what they see of a node that this worker never ran.
    private bool TakeShared(RunNode node, NodePlan plan, NodeClass instance, Slices slices)
    {
        if (executor.Shared is not { } shared || instance is not IReproducibleNode reproducible)
            return false;
        node.Origin = shared.OriginOf(run.Request.Tenant, node, plan, Inputs!, Enumerable.Range(0, slices.Count).SelectMany(i => reproducible.FilesOf(slices.Call(i, run))));
        if (!plan.Is(NodeTraits.Shared))
            return false;
        var found = shared.Find(node.Origin, run.Request.Tenant, plan.ClassType, run.Interrupted);
        node.Claim = found.Claim;
        if (found.Outputs is not { } outputs)
            return false;
        node.Timing?.TakenFromFarm();
        node.Timing = null;
        Complete(node, new CacheEntry(ui: null, outputs, executor.Ledger) { Origin = node.Origin });
        return true;
    }

    private SliceOutput Run(RunNode node, NodePlan plan, Node instance, NodeCall call)
    {
        run.Interrupted.ThrowIfCancellationRequested();
        NodeResult? result;
        try
        {
            result = executor.Invoker.Invoke(instance, call);
        }
        catch (DeviceMemoryException)
        {
            FreeDeviceMemory(node);
            result = executor.Invoker.Invoke(instance, call);
        }
        if (result is not null)
            node.Hold(executor.Ledger, SliceOutput.Owned(result));
        return SliceOutput.Read(plan, result);
    }

    private SliceOutput[]? Start(RunNode node, NodePlan plan, AsyncNode instance, Slices slices)
    {
        var calls = new AsyncCall[slices.Count];
        for (var i = 0; i < calls.Length; i++)
            calls[i] = StartOne(node, plan, instance, slices, i);
        var all = new AsyncCalls(calls);
        if (Array.TrueForAll(calls, c => c.Running is null or { IsCompleted: true }))
        {
            node.Hold(executor.Ledger, all.Results().SelectMany(SliceOutput.Owned));
            return all.Collect(result => SliceOutput.Read(plan, result));
        }
        run.WaitForCalls(node, all);
        return null;
    }

    private AsyncCall StartOne(RunNode node, NodePlan plan, AsyncNode instance, Slices slices, int slice)
    {
        if (BlockerOf(node, plan, slices[slice]) is { } blocked)
            return new AsyncCall(blocked, Running: null);
        run.Interrupted.ThrowIfCancellationRequested();
        return new AsyncCall(Finished: null, RunAsync(node, instance, slices.Call(slice, run)));
    }

    // What a node throws before its first await is its slice's failure too.
    private async Task<NodeResult?> RunAsync(RunNode node, AsyncNode instance, NodeCall call)
    {
        try
        {
            return await executor.Invoker.InvokeAsync(instance, call, run.Stopping).ConfigureAwait(false);
        }
        catch (DeviceMemoryException)
        {
            FreeDeviceMemory(node);
            return await executor.Invoker.InvokeAsync(instance, call, run.Stopping).ConfigureAwait(false);
        }
    }

    private void FreeDeviceMemory(RunNode node)
    {
        executor.Logger.RetryAfterOutOfMemory(node.Id, node.ClassType);
        executor.Invoker.FreeDeviceMemory();
    }

    private List<NodeLink> NeededLinks(RunNode node, NodePlan plan, ILazyNode instance, Slices slices)
    {
        var needed = new List<NodeLink>();
        for (var i = 0; i < slices.Count; i++)
        {
            if (FirstBlocker(plan, slices[i]) is not null)
                continue;
            run.Interrupted.ThrowIfCancellationRequested();
            foreach (var name in Wait(instance.NeededInputsAsync(slices.Call(i, run), run.Stopping)))
            {
                if (!Inputs!.Contains(name) || Inputs.IsMissing(name))
                    needed.Add(LinkOf(node, name));
            }
        }
        return needed;
    }

    private static NodeLink LinkOf(RunNode node, string name)
    {
        var known = node.TryGetInput(name, out var value);
        if (value is NodeLink link)
            return link;
        var reason = known ? "that value is a constant" : "there is no input to that node at all";
        throw new NodeFailedException(
            "comfy_execution.graph.NodeInputError", $"Node {node.Id} says it needs input {name}, but {reason}");
    }

    private void Show(RunNode node, NodePlan plan, SliceOutput[] slices)
    {
        node.Timing?.Ran();
        node.Timing = null;
        var ui = SliceOutput.MergeUi(slices) is { } json ? run.Show(node, json) : null;
        if (Array.Exists(slices, s => s.Graph is not null))
            run.Expand(node, slices, ui);
        else
            Finish(node, plan, slices, ui);
    }

    private void Finish(RunNode node, NodePlan plan, IReadOnlyList<SliceOutput> slices, UiRecord? ui)
    {
        var result = new CacheEntry(ui, SliceOutput.Combine(plan, slices), executor.Ledger) { Origin = node.Origin };
        node.Expansion = null;
        if (node.Claim is { } claim)
            executor.Shared!.Store(claim, plan.ClassType, result.Outputs);
        node.Claim = null;
        Complete(node, result);
    }

    private void Complete(RunNode node, CacheEntry result)
    {
        node.ReleaseHolds(executor.Ledger);
        run.Complete(node, result);
        result.Release();
    }

    // A slice with a blocker among its arguments does not run. The first consumer reports the message, those behind it keep silent.
    private SliceOutput? BlockerOf(RunNode node, NodePlan plan, object?[] values)
    {
        if (FirstBlocker(plan, values) is not { } blocker)
            return null;
        if (blocker.Message is not { } message)
            return SliceOutput.Blocked(plan, blocker);
        run.Sink.Emit(new ExecutionError(
            new ExecutionFailure
            {
                NodeId = node.Id,
                NodeType = node.ClassType,
                Executed = run.Executed,
                Message = $"Execution Blocked: {Failures.Shortened(message)}",
                Type = "ExecutionBlocked",
                Traceback = [],
                CurrentInputs = "[]",
                CurrentOutputs = [],
            },
            Timestamp: null));
        return SliceOutput.Blocked(plan, new ExecutionBlocker(null));
    }

    private static ExecutionBlocker? FirstBlocker(NodePlan plan, object?[] values) => plan.TakesLists
        ? values.SelectMany(list => (IReadOnlyList<object?>)list!).OfType<ExecutionBlocker>().FirstOrDefault()
        : values.OfType<ExecutionBlocker>().FirstOrDefault();

    private static T Wait<T>(ValueTask<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : task.AsTask().GetAwaiter().GetResult();
}
