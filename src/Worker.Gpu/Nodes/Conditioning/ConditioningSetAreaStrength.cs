using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Weighs a conditioning against others at the same place.</summary>
internal sealed class ConditioningSetAreaStrength : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ConditioningSetAreaStrength", "ConditioningSetAreaStrength").In("conditioning").Module("nodes")
        .Input("conditioning", "CONDITIONING")
        .Float("strength", 1.0, 0.0, 10.0, 0.01)
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(call.Get<Conditioning>("conditioning").With(("strength", call.Get<double>("strength"))));
}
