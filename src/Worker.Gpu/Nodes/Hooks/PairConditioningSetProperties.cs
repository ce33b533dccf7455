using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Gives both conditionings a mask, hooks and a part of the way.</summary>
internal sealed class PairConditioningSetProperties : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("PairConditioningSetProperties", "Cond Pair Set Props").In("advanced/hooks/cond pair").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .Input("positive_NEW", "CONDITIONING")
        .Input("negative_NEW", "CONDITIONING")
        .Float("strength", 1.0, 0.0, 10.0, 0.01)
        .Combo("set_cond_area", ["default", "mask bounds"])
        .OptionalInputs()
        .Input("mask", "MASK")
        .Input("hooks", "HOOKS")
        .Input("timesteps", "TIMESTEPS_RANGE")
        .Output("CONDITIONING", "positive")
        .Output("CONDITIONING", "negative");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(ConditioningProperties.Set(call, "positive_NEW"), ConditioningProperties.Set(call, "negative_NEW"));
}
