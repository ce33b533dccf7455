using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The hooks of several groups, each once.</summary>
internal sealed class CombineHooks2 : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CombineHooks2", "Combine Hooks [2]").In("advanced/hooks/combine").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .OptionalInputs()
        .Input("hooks_A", "HOOKS")
        .Input("hooks_B", "HOOKS")
        .Output("HOOKS");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(HookGroup.Joined(call, "hooks_A", "hooks_B"));
}
