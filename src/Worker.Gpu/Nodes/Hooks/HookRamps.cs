using Farm.Engine.Hooks;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Rows of keyframes.</summary>
internal static class HookRamps
{
    /// <summary>How far a ramp is at a share of its length.</summary>
    public static Func<double, double> Of(string interpolation) => interpolation switch
    {
        "ease_in" => i => i * i,
        "ease_out" => i => 1 - (1 - i) * (1 - i),
        "ease_in_out" => i => (1 - Math.Cos(i * Math.PI)) / 2,
        _ => i => i,
    };

    /// <summary>The call's keyframes with more of these strengths, evenly between its start_percent and end_percent; the first holds a step, the others none.</summary>
    public static HookKeyframes Add(NodeCall call, IEnumerable<double> strengths)
    {
        var all = strengths.ToArray();
        var (start, end) = (call.Get<double>("start_percent"), call.Get<double>("end_percent"));
        var keyframes = all.Select((strength, i) => new HookKeyframe(all.Length == 1 ? start : start + (end - start) * i / (all.Length - 1), (float)strength, i == 0 ? 1 : 0));
        return call.Get("prev_hook_kf", HookKeyframes.None).With(keyframes);
    }
}
