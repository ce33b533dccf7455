using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Keyframes between two strengths, evenly over a part of the way.</summary>
internal sealed class CreateHookKeyframesInterpolated : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CreateHookKeyframesInterpolated", "Create Hook Keyframes Interp.").In("advanced/hooks/scheduling").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .Float("strength_start", 1.0, 0.0, 10.0, 0.001)
        .Float("strength_end", 1.0, 0.0, 10.0, 0.001)
        .Combo("interpolation", ["linear", "ease_in", "ease_out", "ease_in_out"])
        .Float("start_percent", 0.0, 0.0, 1.0, 0.001)
        .Float("end_percent", 1.0, 0.0, 1.0, 0.001)
        .Int("keyframes_count", 5, 2, 100, 1)
        .Boolean("print_keyframes", false, options: o => o.Advanced())
        .OptionalInputs()
        .Input("prev_hook_kf", "HOOK_KEYFRAMES")
        .Output("HOOK_KEYFRAMES", "HOOK_KF");

    protected override NodeResult? Run(NodeCall call)
    {
        var (from, to) = (call.Get<double>("strength_start"), call.Get<double>("strength_end"));
        var ramp = HookRamps.Of(call.Get<string>("interpolation"));
        var count = call.Get<int>("keyframes_count");
        var strengths = Enumerable.Range(0, count).Select(i => from + (to - from) * ramp((double)i / (count - 1)));
        return NodeResult.Of(HookRamps.Add(call, strengths));
    }
}
