using System.Collections.Immutable;
using System.Globalization;

namespace Farm.Nodes;

/// <summary>
/// An output of a node. As an input of a new node it is a link, never a literal; a raw-link input receives one.
/// </summary>
/// <param name="NodeId">The source.</param>
/// <param name="Slot">Which output; negative counts from the end.</param>
public sealed record NodeLink(string NodeId, int Slot);

/// <summary>Builds the graph of an expansion. Get one from <see cref="INodeContext.NewGraph"/>, which gives it the prefix of its node.</summary>
/// <param name="prefix">What all ids start with: <c>{node id}.{slice}.{builder}.</c></param>
public sealed class GraphBuilder(string prefix)
{
    private readonly OrderedDictionary<string, GraphNode> _nodes = [];
    private int _last;

    /// <summary>Adds a node. Without <paramref name="id"/> it is numbered from 1.</summary>
    public GraphNode Add(string classType, string? id = null)
    {
        var node = new GraphNode(prefix + (id ?? (++_last).ToString(CultureInfo.InvariantCulture)), classType);
        _nodes[node.Id] = node;
        return node;
    }

    /// <summary>The node that was added under <paramref name="id"/> (without the prefix), or null.</summary>
    public GraphNode? Find(string id) => _nodes.GetValueOrDefault(prefix + id);

    /// <summary>The finished graph.</summary>
    public ExpandedGraph Build() => new([.. _nodes.Values]);
}

/// <summary>A node of an expansion. Inputs are runtime values of any kind, or links.</summary>
/// <param name="id">Its whole id.</param>
/// <param name="classType">Its class.</param>
public sealed class GraphNode(string id, string classType)
{
    private readonly OrderedDictionary<string, object?> _inputs = [];

    /// <summary>Its whole id, prefix included.</summary>
    public string Id { get; } = id;

    /// <summary>Its class.</summary>
    public string ClassType { get; } = classType;

    /// <summary>Inputs in order. Not validated, coerced or filled with defaults.</summary>
    public IReadOnlyDictionary<string, object?> Inputs => _inputs;

    /// <summary>The node to light up instead of the expanding one; null for that one.</summary>
    public string? OverrideDisplayId { get; set; }

    /// <summary>Sets an input; a null value removes it.</summary>
    public GraphNode Set(string name, object? value)
    {
        if (value is null)
            _inputs.Remove(name);
        else
            _inputs[name] = value;
        return this;
    }

    /// <summary>A link to an output.</summary>
    public NodeLink Out(int slot = 0) => new(Id, slot);
}

/// <summary>The nodes that stand in for an expanded one.</summary>
/// <param name="Nodes">In order.</param>
public sealed record ExpandedGraph(ImmutableArray<GraphNode> Nodes);

/// <summary>The graph as it stands: the submitted nodes and those of expansions so far.</summary>
public interface IGraphView
{
    /// <summary>A node, or null. Links among its inputs are <see cref="NodeLink"/>.</summary>
    GraphNode? Find(string nodeId);
}
