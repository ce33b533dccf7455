using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A part of the way, and the parts before and after it.</summary>
internal sealed class ConditioningTimestepsRange : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ConditioningTimestepsRange", "Timesteps Range").In("advanced/hooks").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .Float("start_percent", 0.0, 0.0, 1.0, 0.001)
        .Float("end_percent", 1.0, 0.0, 1.0, 0.001)
        .Output("TIMESTEPS_RANGE")
        .Output("TIMESTEPS_RANGE", "BEFORE_RANGE")
        .Output("TIMESTEPS_RANGE", "AFTER_RANGE");

    protected override NodeResult? Run(NodeCall call)
    {
        var (start, end) = (call.Get<double>("start_percent"), call.Get<double>("end_percent"));
        return NodeResult.Of(new TimestepRange(start, end), new TimestepRange(0, start), new TimestepRange(end, 1));
    }
}
