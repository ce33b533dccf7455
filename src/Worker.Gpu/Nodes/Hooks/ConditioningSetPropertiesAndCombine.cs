using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Gives a conditioning a mask, hooks and a part of the way, and adds it to another.</summary>
internal sealed class ConditioningSetPropertiesAndCombine : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ConditioningSetPropertiesAndCombine", "Cond Set Props Combine").In("advanced/hooks/cond single").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .Input("cond", "CONDITIONING")
        .Input("cond_NEW", "CONDITIONING")
        .Float("strength", 1.0, 0.0, 10.0, 0.01)
        .Combo("set_cond_area", ["default", "mask bounds"])
        .OptionalInputs()
        .Input("mask", "MASK")
        .Input("hooks", "HOOKS")
        .Input("timesteps", "TIMESTEPS_RANGE")
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(ConditioningProperties.Join(call.Get<Conditioning>("cond"), ConditioningProperties.Set(call, "cond_NEW")));
}
