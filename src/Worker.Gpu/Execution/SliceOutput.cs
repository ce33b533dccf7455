using Farm.Contracts.Catalog;
using Farm.Nodes;
using Farm.Worker.Execution.Graph;
using Farm.Worker.Execution.Values;

namespace Farm.Worker.Execution;

/// <summary>What one call of a node gave.</summary>
/// <param name="Values">Outputs in slot order; links among them where <paramref name="Graph"/> is given.</param>
/// <param name="Ui">UI output, or null.</param>
/// <param name="Graph">The graph that it expanded into, or null.</param>
/// <param name="IsBlocked">The node did not run, or blocked its outputs: every value is the blocker, lists too.</param>
internal sealed record SliceOutput(IReadOnlyList<object?> Values, UiOutput? Ui, ExpandedGraph? Graph, bool IsBlocked = false)
{
    /// <summary>All values of a node's result, graph inputs included: what the worker owns from now on.</summary>
    public static IEnumerable<object?> Owned(NodeResult result) =>
        result.Graph is null ? result.Values : result.Values.Concat(result.Graph.Nodes.SelectMany(n => n.Inputs.Values));

    /// <summary>A slice that did not run.</summary>
    public static SliceOutput Blocked(NodePlan plan, ExecutionBlocker blocker) =>
        new([.. Enumerable.Repeat<object?>(blocker, plan.Outputs.Length)], Ui: null, Graph: null, IsBlocked: true);

    /// <summary>Reads what a node returned.</summary>
    /// <exception cref="NodeFailedException">It returned nothing, or a graph that its class does not allow.</exception>
    public static SliceOutput Read(NodePlan plan, NodeResult? result)
    {
        if (result is null)
        {
            return plan.Style == NodeStyle.V3
                ? new SliceOutput([], Ui: null, Graph: null)
                : throw NodeFailedException.TypeError("object of type 'NoneType' has no len()");
        }
        if (result.Blocker is { } blocker)
            return Blocked(plan, blocker) with { Ui = result.Ui };
        if (result.Graph is not null && plan.Style == NodeStyle.V3 && !plan.Is(NodeTraits.Expands))
        {
            throw new NodeFailedException(
                "Exception",
                $"Node {plan.ClassType}Clone is not expandable, but expand included in NodeOutput; developer should set enable_expand=True on node's Schema to allow this.");
        }
        return new SliceOutput(result.Values, result.Ui, result.Graph);
    }

    /// <summary>
    /// Output lists of all slices: as many slots as the first slice has; slots that are lists are concatenated (execution-semantics, 9.8).
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<object?>> Combine(NodePlan plan, IReadOnlyList<SliceOutput> slices)
    {
        var count = slices[0].Values.Count;
        if (plan.CutsOutputs)
            count = Math.Min(count, plan.Outputs.Length);
        var outputs = new IReadOnlyList<object?>[count];
        for (var slot = 0; slot < count; slot++)
            outputs[slot] = CombineSlot(plan, slices, slot);
        return outputs;
    }

    /// <summary>The UI output of all slices, list by list, as JSON; null when there is none.</summary>
    public static string? MergeUi(IReadOnlyList<SliceOutput> slices)
    {
        var all = slices.Where(s => s.Ui is { Lists.Count: > 0 }).Select(s => s.Ui!.Lists).ToList();
        if (all.Count == 0)
            return null;
        var merged = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var name in all[0].Keys)
            merged[name] = all.SelectMany(ui => ui.TryGetValue(name, out var list) ? list : throw NodeFailedException.KeyError(PythonValue.Repr(name))).ToList();
        return JsonValues.Write(merged);
    }

    private static IReadOnlyList<object?> CombineSlot(NodePlan plan, IReadOnlyList<SliceOutput> slices, int slot)
    {
        var isList = slot < plan.Outputs.Length && plan.Outputs[slot];
        var values = new List<object?>(slices.Count);
        foreach (var slice in slices)
        {
            if (slot >= slice.Values.Count)
                throw NodeFailedException.IndexError("tuple index out of range");
            var value = slice.Values[slot];
            if (!isList || slice.IsBlocked || value is ExecutionBlocker)
                values.Add(value);
            else if (value is System.Collections.IEnumerable elements and not string)
                values.AddRange(elements.Cast<object?>());
            else
                throw NodeFailedException.TypeError($"'{PythonValue.TypeName(value)}' object is not iterable");
        }
        return values;
    }
}
