using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Adds a conditioning that fills what the other does not reach.</summary>
internal sealed class ConditioningSetDefaultCombine : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ConditioningSetDefaultCombine", "Cond Set Default Combine").In("advanced/hooks/cond single").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .Input("cond", "CONDITIONING")
        .Input("cond_DEFAULT", "CONDITIONING")
        .OptionalInputs()
        .Input("hooks", "HOOKS")
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(ConditioningProperties.Join(call.Get<Conditioning>("cond"), ConditioningProperties.Default(call, "cond_DEFAULT")));
}
