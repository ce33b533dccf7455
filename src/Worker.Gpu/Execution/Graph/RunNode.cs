using Farm.Contracts.Caching;
using Farm.Contracts.Prompts;
using Farm.Nodes;
using Farm.Worker.Execution.Caching;
using Farm.Worker.Execution.Caching.Shared;
using Farm.Worker.Execution.Values;

namespace Farm.Worker.Execution.Graph;

/// <summary>A node of a running graph: as submitted or made by an expansion, with its state in this run.</summary>
internal sealed class RunNode(string id, string classType, NodePlan? plan, RunInput[] inputs)
{
    private readonly List<IDisposable[]> _held = [];

    /// <summary>Its id.</summary>
    public string Id { get; } = id;

    /// <summary>Its class.</summary>
    public string ClassType { get; } = classType;

    /// <summary>Its class as this worker has it; null for one that it does not have.</summary>
    public NodePlan? Plan { get; } = plan;

    /// <summary>Inputs in the graph's order.</summary>
    public RunInput[] Inputs { get; } = inputs;

    /// <summary>The node that expanded into it, or null.</summary>
    public RunNode? Parent { get; init; }

    /// <summary>Its names.</summary>
    public required NodeIdentity Identity { get; init; }

    /// <summary>The fingerprint that the prompt gave or the class computed; <see cref="NoFingerprint"/> when there is none.</summary>
    public object? Fingerprint { get; set; } = NoFingerprint;

    /// <summary>Its cache key in this run; null before it is computed.</summary>
    public Signature? Signature { get; set; }

    /// <summary>Place in the order of scheduling; -1 while it is not scheduled.</summary>
    public long Place { get; set; } = -1;

    /// <summary>How many nodes and pending tasks it waits for.</summary>
    public int Blockers { get; set; }

    /// <summary>The nodes that wait for it.</summary>
    public HashSet<RunNode> Blocking { get; } = [];

    /// <summary>Results of its sources, by their ids.</summary>
    public Dictionary<string, CacheEntry> Bound { get; } = new(StringComparer.Ordinal);

    /// <summary>Its calls that have not ended, or null.</summary>
    public AsyncCalls? Calls { get; set; }

    /// <summary>Its time since it was called; null when it is not measured, or is not running.</summary>
    public NodeTiming? Timing { get; set; }

    /// <summary>The results that wait for the nodes it expanded into, or null.</summary>
    public PendingExpansion? Expansion { get; set; }

    /// <summary>What its outputs are made of, once it was called; null when only this worker knows.</summary>
    public Origin? Origin { get; set; }

    /// <summary>The result that other workers wait for while this node runs, or null.</summary>
    public ResultKey? Claim { get; set; }

    /// <summary>Says that a node has no fingerprint.</summary>
    public static object NoFingerprint { get; } = new();

    /// <summary>Holds values for as long as the node is under way.</summary>
    public void Hold(ValueLedger ledger, IEnumerable<object?> values)
    {
        if (ledger.Hold(values) is { Length: > 0 } held)
            _held.Add(held);
    }

    /// <summary>Lets go of the values it held.</summary>
    public void ReleaseHolds(ValueLedger ledger)
    {
        _held.ForEach(ledger.Release);
        _held.Clear();
    }

    /// <summary>The literal or link of an input; false when the node does not have it.</summary>
    public bool TryGetInput(string name, out object? value)
    {
        foreach (var input in Inputs)
        {
            if (input.Name == name)
            {
                value = input.Value;
                return true;
            }
        }
        value = null;
        return false;
    }
}

/// <summary>An input as the graph gives it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">A literal, or a <see cref="NodeLink"/>.</param>
internal readonly record struct RunInput(string Name, object? Value);
