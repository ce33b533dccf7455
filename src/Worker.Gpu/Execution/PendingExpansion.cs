using Farm.Nodes;
using Farm.Worker.Execution.Caching;
using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution;

/// <summary>The results of a node that expanded, until the nodes they link to have run.</summary>
/// <param name="slices">The results, with links.</param>
/// <param name="ui">What was shown when it expanded.</param>
internal sealed class PendingExpansion(IReadOnlyList<SliceOutput> slices, UiRecord? ui)
{
    /// <summary>What was shown when it expanded.</summary>
    public UiRecord? Ui { get; } = ui;

    /// <summary>
    /// The results with each link replaced by all elements of the linked output, which may shift the outputs behind it
    /// (execution-semantics, 12.6).
    /// </summary>
    public IReadOnlyList<SliceOutput> Resolve(RunNode node) =>
        [.. slices.Select(slice => slice.Graph is null ? slice : new SliceOutput([.. slice.Values.SelectMany(v => Resolve(v, node))], Ui: null, Graph: null))];

    private static IEnumerable<object?> Resolve(object? value, RunNode node)
    {
        if (value is not NodeLink link)
            return [value];
        return node.Bound.GetValueOrDefault(link.NodeId)?.Slot(link.Slot) ?? throw NodeFailedException.IndexError("list index out of range");
    }
}
