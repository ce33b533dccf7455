using Farm.Nodes;
using System.Globalization;

namespace Farm.Worker.Nodes;

/// <summary>Keyframes of given strengths, evenly over a part of the way.</summary>
internal sealed class CreateHookKeyframesFromFloats : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CreateHookKeyframesFromFloats", "Create Hook Keyframes From Floats").In("advanced/hooks/scheduling").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .Input("floats_strength", "FLOATS", options: o => o.Set("default", -1).Set("min", -1).Set("step", 0.001).Set("forceInput", true))
        .Float("start_percent", 0.0, 0.0, 1.0, 0.001)
        .Float("end_percent", 1.0, 0.0, 1.0, 0.001)
        .Boolean("print_keyframes", false, options: o => o.Advanced())
        .OptionalInputs()
        .Input("prev_hook_kf", "HOOK_KEYFRAMES")
        .Output("HOOK_KEYFRAMES", "HOOK_KF");

    protected override NodeResult? Run(NodeCall call)
    {
        var given = call.Value("floats_strength");
        IReadOnlyList<object?> list = given as IReadOnlyList<object?> ?? [given];
        if (list.Any(item => item is not (double or long))) throw NodeFailedException.ValueError("floats_strength: it must be a number or a list of numbers.");
        return NodeResult.Of(HookRamps.Add(call, list.Select(item => Convert.ToDouble(item, CultureInfo.InvariantCulture))));
    }
}
