using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The hooks of several groups, each once.</summary>
internal abstract class HookCombination : Node
{
    /// <summary>How many groups.</summary>
    protected abstract int Count { get; }

    private string[] Inputs => [.. Enumerable.Range(0, Count).Select(i => $"hooks_{(char)('A' + i)}")];

    /// <inheritdoc />
    protected sealed override void Define(NodeBuilder node)
    {
        node.V1().Named($"CombineHooks{Count}", $"Combine Hooks [{Count}]").In("advanced/hooks/combine").Module("comfy_extras.nodes_hooks")
            .Experimental()
            .OptionalInputs();
        foreach (var input in Inputs) node.Input(input, "HOOKS");
        node.Output("HOOKS");
    }

    /// <inheritdoc />
    protected sealed override NodeResult? Run(NodeCall call) => NodeResult.Of(HookGroup.Joined(call, Inputs));
}
