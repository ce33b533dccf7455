using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The hooks of several groups, each once.</summary>
internal sealed class CombineHooks8 : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CombineHooks8", "Combine Hooks [8]").In("advanced/hooks/combine").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .OptionalInputs()
        .Input("hooks_A", "HOOKS")
        .Input("hooks_B", "HOOKS")
        .Input("hooks_C", "HOOKS")
        .Input("hooks_D", "HOOKS")
        .Input("hooks_E", "HOOKS")
        .Input("hooks_F", "HOOKS")
        .Input("hooks_G", "HOOKS")
        .Input("hooks_H", "HOOKS")
        .Output("HOOKS");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(HookGroup.Joined(call, "hooks_A", "hooks_B", "hooks_C", "hooks_D", "hooks_E", "hooks_F", "hooks_G", "hooks_H"));
}
