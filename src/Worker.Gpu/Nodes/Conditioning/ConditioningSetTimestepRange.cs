using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Confines a conditioning to a part of the way.</summary>
internal sealed class ConditioningSetTimestepRange : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ConditioningSetTimestepRange", "ConditioningSetTimestepRange").In("advanced/conditioning").Module("nodes")
        .Input("conditioning", "CONDITIONING")
        .Float("start", 0.0, 0.0, 1.0, 0.001)
        .Float("end", 1.0, 0.0, 1.0, 0.001)
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Get<Conditioning>("conditioning").With(
        ("start_percent", call.Get<double>("start")),
        ("end_percent", call.Get<double>("end"))));
}
