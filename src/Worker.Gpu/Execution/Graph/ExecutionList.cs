using Farm.Nodes;
using Farm.Worker.Execution.Caching;

namespace Farm.Worker.Execution.Graph;

/// <summary>
/// Which node comes next (execution-semantics, section 7). Nodes are scheduled from the targets upstream, last input first; of those
/// that wait for nothing, output nodes and asynchronous ones go first, then those closest before an output node.
/// </summary>
/// <param name="graph">Where links lead.</param>
/// <param name="cache">Results that need no run.</param>
internal sealed class ExecutionList(RunGraph graph, IOutputCache cache)
{
    private readonly SortedSet<RunNode> _pending = new(ByPlace);
    private readonly SortedSet<RunNode> _ready = new(ByPlace);
    private readonly SortedSet<RunNode> _readyFirst = new(ByPlace);
    private long _places;

    private static Comparer<RunNode> ByPlace { get; } = Comparer<RunNode>.Create((a, b) => a.Place.CompareTo(b.Place));

    /// <summary>Whether everything is done.</summary>
    public bool IsEmpty => _pending.Count == 0;

    /// <summary>Scheduled nodes that are not done, in order.</summary>
    public IEnumerable<RunNode> Pending => _pending;

    /// <summary>Schedules a node and everything it needs.</summary>
    /// <exception cref="NodeFailedException">A link leads nowhere.</exception>
    public void Add(RunNode target)
    {
        var stack = new Stack<RunNode>([target]);
        while (stack.TryPop(out var node))
        {
            if (node.Place >= 0)
                continue;
            node.Place = _places++;
            _pending.Add(node);
            ReadyOf(node).Add(node);
            foreach (var input in node.Inputs)
            {
                if (input.Value is NodeLink link && node.Plan?.Find(input.Name) is not { Lazy: true })
                    AddSource(link, node, stack);
            }
        }
    }

    /// <summary>Makes a scheduled node wait for the source of a link, which is scheduled unless its result is cached.</summary>
    /// <exception cref="NodeFailedException">The link leads nowhere.</exception>
    public void Require(NodeLink link, RunNode consumer)
    {
        var sources = new Stack<RunNode>();
        AddSource(link, consumer, sources);
        if (sources.TryPop(out var source))
            Add(source);
    }

    /// <summary>Makes a scheduled node wait for another that is scheduled with it.</summary>
    public void Wait(RunNode source, RunNode consumer)
    {
        Add(source);
        Block(source, consumer);
    }

    /// <summary>Makes a node wait for something outside the graph, until <see cref="Unblock"/>.</summary>
    public void Block(RunNode node)
    {
        node.Blockers++;
        ReadyOf(node).Remove(node);
    }

    /// <summary>Ends one reason to wait.</summary>
    public void Unblock(RunNode node)
    {
        if (--node.Blockers == 0)
            ReadyOf(node).Add(node);
    }

    /// <summary>The next node to process, or null when all that is left waits.</summary>
    public RunNode? Next() =>
        _readyFirst.Min
        ?? _ready.FirstOrDefault(BlocksOutput)
        ?? _ready.FirstOrDefault(n => n.Blocking.Any(BlocksOutput))
        ?? _ready.Min;

    /// <summary>A node is done: it leaves, its result reaches those who wait for it.</summary>
    public void Complete(RunNode node, CacheEntry result)
    {
        ReadyOf(node).Remove(node);
        _pending.Remove(node);
        node.Place = -1;
        foreach (var consumer in node.Blocking)
        {
            Bind(consumer, node.Id, result);
            Unblock(consumer);
        }
        node.Blocking.Clear();
        ReleaseBound(node);
    }

    /// <summary>Lets go of all results, at the end of a run.</summary>
    public void Clear()
    {
        foreach (var node in _pending)
            ReleaseBound(node);
        _pending.Clear();
        _ready.Clear();
        _readyFirst.Clear();
    }

    // Output nodes and asynchronous ones go before all others.
    private SortedSet<RunNode> ReadyOf(RunNode node) => node.Plan is { } plan && (plan.IsOutput || plan.IsAsync) ? _readyFirst : _ready;

    private void AddSource(NodeLink link, RunNode consumer, Stack<RunNode> stack)
    {
        var source = graph.Find(link.NodeId)
            ?? throw new NodeFailedException("comfy_execution.graph.NodeNotFoundError", $"Node {link.NodeId} not found");
        if (cache.Find(source) is { } cached)
        {
            Bind(consumer, source.Id, cached);
            return;
        }
        stack.Push(source);
        Block(source, consumer);
    }

    private void Block(RunNode source, RunNode consumer)
    {
        if (source.Blocking.Add(consumer))
            Block(consumer);
    }

    private static bool BlocksOutput(RunNode node) => node.Blocking.Any(consumer => consumer.Plan is { IsOutput: true });

    private static void Bind(RunNode consumer, string sourceId, CacheEntry result)
    {
        result.Hold();
        if (consumer.Bound.Remove(sourceId, out var previous))
            previous.Release();
        consumer.Bound.Add(sourceId, result);
    }

    private static void ReleaseBound(RunNode node)
    {
        foreach (var result in node.Bound.Values)
            result.Release();
        node.Bound.Clear();
    }
}
