using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Two pairs of conditionings as one: both of each side, each evaluated for itself.</summary>
internal sealed class PairConditioningCombine : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("PairConditioningCombine", "Cond Pair Combine").In("advanced/hooks/cond pair").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .Input("positive_A", "CONDITIONING")
        .Input("negative_A", "CONDITIONING")
        .Input("positive_B", "CONDITIONING")
        .Input("negative_B", "CONDITIONING")
        .Output("CONDITIONING", "positive")
        .Output("CONDITIONING", "negative");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(Both(call, "positive"), Both(call, "negative"));

    private static Conditioning Both(NodeCall call, string side) =>
        new([.. call.Get<Conditioning>($"{side}_A").Items, .. call.Get<Conditioning>($"{side}_B").Items]);
}
