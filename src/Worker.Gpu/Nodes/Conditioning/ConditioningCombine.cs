using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Both conditionings, each evaluated for itself.</summary>
internal sealed class ConditioningCombine : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ConditioningCombine", "Conditioning (Combine)").In("conditioning").Module("nodes")
        .More("essentials_category", "Image Generation")
        .Input("conditioning_1", "CONDITIONING")
        .Input("conditioning_2", "CONDITIONING")
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(new Conditioning([.. call.Get<Conditioning>("conditioning_1").Items, .. call.Get<Conditioning>("conditioning_2").Items]));
}
