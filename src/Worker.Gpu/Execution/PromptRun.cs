using System.Collections.Concurrent;
using System.Collections.Immutable;
using Farm.Contracts.Catalog;
using Farm.Contracts.Prompts;
using Farm.Nodes;
using Farm.Worker.Execution.Caching;
using Farm.Worker.Execution.Events;
using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution;

/// <summary>One prompt under execution: what is scheduled, what has happened, and how it ends.</summary>
internal sealed class PromptRun : IDisposable
{
    // How long nodes may take to notice that their run is over, before their inputs are left to the garbage collector.
    private static readonly TimeSpan CancellationGrace = TimeSpan.FromSeconds(5);

    private readonly PromptExecutor _executor;
    private readonly ExecutionList _list;
    private readonly SignatureHasher _signatures;
    private readonly OrderedDictionary<string, UiRecord> _shown = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, RunNode> _executed = new(StringComparer.Ordinal);
    private readonly List<IDisposable[]> _graphValues = [];
    private readonly OrderedDictionary<RunNode, Task> _outstanding = [];
    private readonly ConcurrentQueue<RunNode> _ended = new();
    private readonly SemaphoreSlim _endings = new(0);
    private readonly CancellationTokenSource _stop;
    private ImmutableArray<string> _knownAtStart = [];

    public PromptRun(PromptExecutor executor, RunRequest request, RunGraph graph, IRunSink sink, CancellationToken interrupted)
    {
        (_executor, Request, Graph, Sink, Interrupted) = (executor, request, graph, sink, interrupted);
        Extra = ExtraData.Read(request.ExtraData, request.Secrets);
        Progress = new RunProgress(sink, executor.Clock);
        _list = new ExecutionList(graph, executor.Cache);
        _signatures = new SignatureHasher(graph, request.Tenant);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
    }

    /// <summary>The prompt.</summary>
    public RunRequest Request { get; }

    /// <summary>Its graph.</summary>
    public RunGraph Graph { get; }

    /// <summary>What came with it.</summary>
    public ExtraData Extra { get; }

    /// <summary>Takes its events.</summary>
    public IRunSink Sink { get; }

    /// <summary>Its nodes' progress.</summary>
    public RunProgress Progress { get; }

    /// <summary>Fires when it is interrupted.</summary>
    public CancellationToken Interrupted { get; }

    /// <summary>Fires when it is interrupted or over.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>The worker's services.</summary>
    public IServiceProvider Services => _executor.Services;

    /// <summary>Ids of the nodes that ran, in order of finishing.</summary>
    public ImmutableArray<string> Executed => [.. _executed.Keys];

    private long Now => _executor.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Runs everything.</summary>
    public RunEnd Execute(NodeObjects objects)
    {
        var step = new NodeStep(this, _executor, objects);
        Sink.Emit(new ExecutionStart(Now));
        Prepare(step);
        RunNode? current = null;
        try
        {
            foreach (var target in Request.Targets)
            {
                current = Graph.Find(target)
                    ?? throw new NodeFailedException("comfy_execution.graph.NodeNotFoundError", $"Node {target} not found");
                _list.Add(current);
            }
            while (!_list.IsEmpty)
            {
                if (NextOrWait(ref current) is not { } node)
                    return EndCycle();
                current = node;
                step.Process(node);
                _executor.Cache.Trim();
            }
            ResendIntermediates();
            return End(RunOutcome.Success, completed: true, new ExecutionSuccess(Now));
        }
        catch (OperationCanceledException) when (Interrupted.IsCancellationRequested)
        {
            return EndInterrupted(current!);
        }
        catch (Exception failure)
        {
            return EndFailed(current, failure, step.Inputs);
        }
    }

    /// <summary>Makes a node run again after the sources of more links.</summary>
    public void Require(RunNode node, IEnumerable<NodeLink> links)
    {
        foreach (var link in links)
            _list.Require(link, node);
    }

    /// <summary>What takes the steps of a node's progress and their time; null for nobody.</summary>
    public Action<double, TimeSpan>? StepsOf(RunNode node) =>
        _executor.Instruments is { } instruments ? (steps, time) => instruments.Stepped(node, steps, time) : null;

    /// <summary>Lets other nodes run until the calls of this one have ended.</summary>
    public void WaitForCalls(RunNode node, AsyncCalls calls)
    {
        node.Calls = calls;
        _list.Block(node);
        _outstanding.Add(node, AnnounceAsync(node, calls));
    }

    /// <summary>Replaces a node by the graphs its slices returned: their output nodes and what the results link to run before it ends.</summary>
    public void Expand(RunNode node, IReadOnlyList<SliceOutput> slices, UiRecord? ui)
    {
        var children = new List<RunNode>();
        foreach (var slice in slices)
        {
            if (slice.Graph is not { } graph)
                continue;
            children.AddRange(Graph.Add(node, graph));
            _graphValues.Add(_executor.Ledger.Hold(graph.Nodes.SelectMany(n => n.Inputs.Values)));
        }
        if (_executor.Cache.KeepsResults)
        {
            foreach (var child in children)
                Fingerprint(child);
            foreach (var child in children)
                _signatures.Compute(child);
        }
        _executor.Cache.BeginExpansion(node, children);
        node.Expansion = new PendingExpansion(slices, ui);
        foreach (var child in children.Where(c => c.Plan is { IsOutput: true }))
            _list.Wait(child, node);
        Require(node, slices.Where(s => s.Graph is not null).SelectMany(s => s.Values).OfType<NodeLink>());
    }

    /// <summary>A UI output was made: it goes to clients and into history.</summary>
    public UiRecord Show(RunNode node, string json)
    {
        var record = new UiRecord(node.Identity, json);
        Sink.Emit(new NodeExecuted(node.Id, node.Identity.DisplayNode, json));
        _shown[node.Id] = record;
        return record;
    }

    /// <summary>A node's result was there already.</summary>
    public void CompleteCached(RunNode node, CacheEntry result)
    {
        Resend(node, result);
        _executor.Instruments?.Cached(node);
        Progress.FinishCached(node.Identity);
        _list.Complete(node, result);
        node.ReleaseHolds(_executor.Ledger);
        if (node.Calls is { } calls)
            Discard(calls);
        (node.Calls, node.Expansion) = (null, null);
        StopTiming(node, null);
    }

    /// <summary>A node ran.</summary>
    public void Complete(RunNode node, CacheEntry result)
    {
        _executor.Cache.Store(node, result);
        _list.Complete(node, result);
        Progress.Finish(node.Identity);
        _executed[node.Id] = node;
    }

    /// <summary>Lets go of everything that the run held.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        var stuck = _outstanding.Where(o => !o.Value.Wait(CancellationGrace, CancellationToken.None)).Select(o => o.Key).ToList();
        foreach (var node in stuck)
            _executor.Logger.NodeStillRuns(node.Id, node.ClassType);
        if (stuck.Count == 0)
        {
            ReleaseAll();
            _endings.Dispose();
        }
        _stop.Dispose();
    }

    private void ReleaseAll()
    {
        foreach (var node in _list.Pending)
        {
            StopTiming(node, null);
            node.ReleaseHolds(_executor.Ledger);
            if (node.Calls is { } calls)
                Discard(calls);
            if (node.Claim is { } claim)
                _executor.Shared?.GiveUp(claim);
        }
        _list.Clear();
        _graphValues.ForEach(_executor.Ledger.Release);
    }

    private void Discard(AsyncCalls calls) =>
        _executor.Ledger.Release(_executor.Ledger.Hold(calls.Results().SelectMany(SliceOutput.Owned)));

    private async Task AnnounceAsync(RunNode node, AsyncCalls calls)
    {
        await calls.Ended;
        _ended.Enqueue(node);
        _endings.Release();
    }

    private void Prepare(NodeStep step)
    {
        if (_executor.Cache.KeepsResults)
        {
            foreach (var node in Graph.Submitted)
                Fingerprint(node);
            foreach (var node in Graph.Submitted)
                _signatures.Compute(node);
        }
        _executor.Cache.BeginPrompt(Graph);
        step.Reset();
        _knownAtStart = [.. _executor.Cache.KnownIds()];
        var cached = Graph.Submitted.Where(n => _executor.Cache.Find(n) is not null).Select(n => n.Id);
        Sink.Emit(new ExecutionCached([.. cached], Now));
    }

    private void Fingerprint(RunNode node)
    {
        if (node.Plan is not { } plan || !plan.Is(NodeTraits.Fingerprint) || node.Fingerprint != RunNode.NoFingerprint)
            return;
        try
        {
            node.Fingerprint = new List<object?> { NodeStep.Fingerprint(this, node, plan) };
        }
        catch (Exception failure)
        {
            _executor.Logger.FingerprintFailed(failure, node.Id, node.ClassType);
            node.Fingerprint = double.NaN;
        }
    }

    private RunNode? NextOrWait(ref RunNode? current)
    {
        while (true)
        {
            while (_ended.TryDequeue(out var ended))
            {
                _outstanding.Remove(ended);
                _list.Unblock(ended);
            }
            if (_list.Next() is { } ready)
                return ready;
            if (_outstanding.Count == 0)
                return null;
            current = _outstanding.GetAt(0).Key;
            _endings.Wait(Interrupted);
        }
    }

    private void Resend(RunNode node, CacheEntry result)
    {
        if (!Request.HasClient)
            return;
        Sink.Emit(new NodeExecuted(node.Id, node.Identity.DisplayNode, result.Ui?.Json));
        if (result.Ui is { } ui)
            _shown[node.Id] = ui;
    }

    private void ResendIntermediates()
    {
        if (!Request.HasClient)
            return;
        foreach (var node in Graph.Submitted.Concat(Graph.Added))
        {
            if (node.Plan is { } plan && plan.Is(NodeTraits.IntermediateOutput) && !_executed.ContainsKey(node.Id)
                && _executor.Cache.Find(node) is { Ui: not null } result)
                Resend(node, result);
        }
    }

    private RunEnd EndFailed(RunNode? node, Exception failure, NodeInputs? inputs)
    {
        var (id, classType) = node is null ? ("", "") : (node.Identity.RealNode, SubmittedClassOf(node));
        if (node is not null)
            StopTiming(node, Failures.TypeOf(failure));
        _executor.Logger.NodeFailed(node?.Id ?? "", classType, Failures.TypeOf(failure));
        var error = new ExecutionFailure
        {
            NodeId = id,
            NodeType = classType,
            Executed = Executed,
            Message = Failures.MessageOf(failure, classType),
            Type = Failures.TypeOf(failure),
            Traceback = Failures.TracebackOf(failure),
            CurrentInputs = Failures.DescribeInputs(inputs),
            CurrentOutputs = _knownAtStart,
        };
        return End(RunOutcome.Error, completed: false, new ExecutionError(error, Now));
    }

    private RunEnd EndInterrupted(RunNode node) =>
        End(RunOutcome.Interrupted, completed: false, new ExecutionInterrupted(node.Identity.RealNode, SubmittedClassOf(node), Executed, Now));

    private RunEnd EndCycle()
    {
        var pending = _list.Pending.ToList();
        var blamed = (pending.Find(n => n.Identity.DisplayNode != n.Id) ?? pending[0]).Identity.DisplayNode;
        var error = new ExecutionFailure
        {
            NodeId = blamed,
            NodeType = Graph.Find(blamed)?.ClassType ?? "",
            Executed = Executed,
            Message = "Dependency cycle detected",
            Type = "graph.DependencyCycleError",
            Traceback = [],
            CurrentInputs = "[]",
            CurrentOutputs = _knownAtStart,
        };
        return End(RunOutcome.Error, completed: true, new ExecutionError(error, Now));
    }

    private static void StopTiming(RunNode node, string? failure)
    {
        node.Timing?.Stopped(failure);
        node.Timing = null;
    }

    private string SubmittedClassOf(RunNode node) => Graph.FindSubmitted(node.Identity.RealNode)?.ClassType ?? node.ClassType;

    private RunEnd End(RunOutcome outcome, bool completed, RunEvent closing) =>
        new(outcome, completed, closing, [.. _shown.Select(s => new NodeUi { NodeId = s.Key, Meta = s.Value.Meta, Output = s.Value.Json })]);
}
