using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Adds conditionings that fill what the others do not reach.</summary>
internal sealed class PairConditioningSetDefaultCombine : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("PairConditioningSetDefaultCombine", "Cond Pair Set Default Combine").In("advanced/hooks/cond pair").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .Input("positive", "CONDITIONING")
        .Input("negative", "CONDITIONING")
        .Input("positive_DEFAULT", "CONDITIONING")
        .Input("negative_DEFAULT", "CONDITIONING")
        .OptionalInputs()
        .Input("hooks", "HOOKS")
        .Output("CONDITIONING", "positive")
        .Output("CONDITIONING", "negative");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(
        ConditioningProperties.Join(call.Get<Conditioning>("positive"), ConditioningProperties.Default(call, "positive_DEFAULT")),
        ConditioningProperties.Join(call.Get<Conditioning>("negative"), ConditioningProperties.Default(call, "negative_DEFAULT")));
}
