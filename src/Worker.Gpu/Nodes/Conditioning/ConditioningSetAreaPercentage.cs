using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Confines a conditioning to a rectangle in shares of the image.</summary>
internal sealed class ConditioningSetAreaPercentage : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ConditioningSetAreaPercentage", "Conditioning (Set Area with Percentage)").In("conditioning").Module("nodes")
        .Input("conditioning", "CONDITIONING")
        .Input("width", "FLOAT", options: o => o.Set("default", 1.0).Set("min", 0).Set("max", 1.0).Set("step", 0.01))
        .Input("height", "FLOAT", options: o => o.Set("default", 1.0).Set("min", 0).Set("max", 1.0).Set("step", 0.01))
        .Input("x", "FLOAT", options: o => o.Set("default", 0).Set("min", 0).Set("max", 1.0).Set("step", 0.01))
        .Input("y", "FLOAT", options: o => o.Set("default", 0).Set("min", 0).Set("max", 1.0).Set("step", 0.01))
        .Float("strength", 1.0, 0.0, 10.0, 0.01)
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Get<Conditioning>("conditioning").With(
        ("area", new object?[] { "percentage", call.Get<double>("height"), call.Get<double>("width"), call.Get<double>("y"), call.Get<double>("x") }),
        ("strength", call.Get<double>("strength")),
        ("set_area_to_bounds", false)));
}
