using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Confines a conditioning to a rectangle in pixels.</summary>
internal sealed class ConditioningSetArea : Node
{
    private const int PixelsPerCell = 8;
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ConditioningSetArea", "Conditioning (Set Area)").In("conditioning").Module("nodes")
        .Input("conditioning", "CONDITIONING")
        .Int("width", 64, 64, 16384, 8)
        .Int("height", 64, 64, 16384, 8)
        .Int("x", 0, 0, 16384, 8)
        .Int("y", 0, 0, 16384, 8)
        .Float("strength", 1.0, 0.0, 10.0, 0.01)
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Get<Conditioning>("conditioning").With(
        ("area", new object?[] { Cells(call, "height"), Cells(call, "width"), Cells(call, "y"), Cells(call, "x") }),
        ("strength", call.Get<double>("strength")),
        ("set_area_to_bounds", false)));

    private static long Cells(NodeCall call, string name) => call.Get<long>(name) / PixelsPerCell;
}
