using System.Collections.Frozen;
using System.Collections.Immutable;
using Farm.Contracts.Catalog;
using Farm.Nodes;

namespace Farm.Worker.Execution.Graph;

/// <summary>All node classes of a worker. Of several classes of one name the last counts, as with ComfyUI's custom nodes.</summary>
/// <param name="types">The classes, built-in ones first.</param>
internal sealed class NodeTable(IEnumerable<NodeType> types)
{
    private readonly FrozenDictionary<string, NodePlan> _plans = types
        .GroupBy(t => t.Definition.ClassType, StringComparer.Ordinal)
        .ToFrozenDictionary(g => g.Key, g => new NodePlan(g.Last()), StringComparer.Ordinal);

    /// <summary>Their definitions, in order of the names.</summary>
    public ImmutableArray<NodeDefinition> Definitions =>
        [.. _plans.Values.Select(p => p.Type.Definition).OrderBy(d => d.ClassType, StringComparer.Ordinal)];

    /// <summary>A class by its name, or null.</summary>
    public NodePlan? Find(string classType) => _plans.GetValueOrDefault(classType);
}
