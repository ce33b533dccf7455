using Farm.Engine.Hooks;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>From where on a hook acts how strongly.</summary>
internal sealed class CreateHookKeyframe : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CreateHookKeyframe", "Create Hook Keyframe").In("advanced/hooks/scheduling").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .Float("strength_mult", 1.0, -20.0, 20.0, 0.01)
        .Float("start_percent", 0.0, 0.0, 1.0, 0.001)
        .OptionalInputs()
        .Input("prev_hook_kf", "HOOK_KEYFRAMES")
        .Output("HOOK_KEYFRAMES", "HOOK_KF");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(
        call.Get("prev_hook_kf", HookKeyframes.None).With(new HookKeyframe(call.Get<double>("start_percent"), call.Get<float>("strength_mult"))));
}
