using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Gives a conditioning a mask, hooks and a part of the way.</summary>
internal sealed class ConditioningSetProperties : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ConditioningSetProperties", "Cond Set Props").In("advanced/hooks/cond single").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .Input("cond_NEW", "CONDITIONING")
        .Float("strength", 1.0, 0.0, 10.0, 0.01)
        .Combo("set_cond_area", ["default", "mask bounds"])
        .OptionalInputs()
        .Input("mask", "MASK")
        .Input("hooks", "HOOKS")
        .Input("timesteps", "TIMESTEPS_RANGE")
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(ConditioningProperties.Set(call, "cond_NEW"));
}
