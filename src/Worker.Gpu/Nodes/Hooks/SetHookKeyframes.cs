using Farm.Engine.Hooks;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Lets hooks follow keyframes.</summary>
internal sealed class SetHookKeyframes : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("SetHookKeyframes", "Set Hook Keyframes").In("advanced/hooks/scheduling").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .Input("hooks", "HOOKS")
        .OptionalInputs()
        .Input("hook_kf", "HOOK_KEYFRAMES")
        .Output("HOOKS");

    protected override NodeResult? Run(NodeCall call)
    {
        var hooks = call.Get<HookGroup>("hooks");
        return NodeResult.Of(call.GetOptional<HookKeyframes>("hook_kf") is { } keyframes ? new HookGroup([.. hooks.Hooks.Select(hook => hook with { Keyframes = keyframes })]) : hooks);
    }
}
