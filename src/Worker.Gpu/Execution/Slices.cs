using Farm.Nodes;
using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution;

/// <summary>
/// The calls that a node's inputs make (execution-semantics, 9.5 and 9.6): one for each element of the longest list, shorter lists
/// repeating their last element; or a single one with whole lists.
/// </summary>
internal sealed class Slices
{
    private readonly NodePlan _plan;
    private readonly RunNode _node;
    private readonly IReadOnlyList<string> _names;
    private readonly object?[][] _values;

    private Slices(NodePlan plan, RunNode node, IReadOnlyList<string> names, object?[][] values) =>
        (_plan, _node, _names, _values) = (plan, node, names, values);

    /// <summary>How many calls.</summary>
    public int Count => _values.Length;

    /// <summary>The arguments of a call, in order of the inputs.</summary>
    public object?[] this[int slice] => _values[slice];

    /// <summary>Divides inputs into calls.</summary>
    /// <exception cref="NodeFailedException">IndexError where one list is empty and others are not.</exception>
    public static Slices Of(NodePlan plan, RunNode node, NodeInputs inputs)
    {
        if (plan.TakesLists)
            return new Slices(plan, node, inputs.Names, [[.. inputs.Lists]]);
        var count = 0;
        foreach (var list in inputs.Lists)
            count = Math.Max(count, list.Count);
        if (count == 0)
            return new Slices(plan, node, [], [[]]);
        var values = new object?[count][];
        for (var slice = 0; slice < count; slice++)
        {
            values[slice] = new object?[inputs.Lists.Count];
            for (var i = 0; i < inputs.Lists.Count; i++)
                values[slice][i] = Element(inputs.Lists[i], slice);
        }
        return new Slices(plan, node, inputs.Names, values);
    }

    /// <summary>A call as the node gets it.</summary>
    public NodeCall Call(int slice, PromptRun run)
    {
        var context = new CallContext(run, _node, slice);
        if (!_plan.HasDynamicInputs)
            return new NodeCall(context, _names, _values[slice]);
        var (names, values) = DynamicInputs.Nest(_plan, _node, _names, _values[slice]);
        return new NodeCall(context, names, values);
    }

    private static object? Element(IReadOnlyList<object?> list, int slice) =>
        list.Count > 0 ? list[Math.Min(slice, list.Count - 1)] : throw NodeFailedException.IndexError("list index out of range");
}
