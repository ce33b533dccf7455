using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Confines a conditioning to a box of frames, rows and columns, in shares of the whole.</summary>
internal sealed class ConditioningSetAreaPercentageVideo : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ConditioningSetAreaPercentageVideo", "ConditioningSetAreaPercentageVideo").In("conditioning").Module("comfy_extras.nodes_video_model")
        .Input("conditioning", "CONDITIONING")
        .Input("width", "FLOAT", options: o => o.Set("default", 1.0).Set("min", 0).Set("max", 1.0).Set("step", 0.01))
        .Input("height", "FLOAT", options: o => o.Set("default", 1.0).Set("min", 0).Set("max", 1.0).Set("step", 0.01))
        .Input("temporal", "FLOAT", options: o => o.Set("default", 1.0).Set("min", 0).Set("max", 1.0).Set("step", 0.01))
        .Input("x", "FLOAT", options: o => o.Set("default", 0).Set("min", 0).Set("max", 1.0).Set("step", 0.01))
        .Input("y", "FLOAT", options: o => o.Set("default", 0).Set("min", 0).Set("max", 1.0).Set("step", 0.01))
        .Input("z", "FLOAT", options: o => o.Set("default", 0).Set("min", 0).Set("max", 1.0).Set("step", 0.01))
        .Float("strength", 1.0, 0.0, 10.0, 0.01)
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call)
    {
        string[] sides = ["temporal", "height", "width", "z", "y", "x"];
        return NodeResult.Of(call.Get<Conditioning>("conditioning").With(
            ("area", sides.Select(side => (object?)call.Get<double>(side)).Prepend("percentage").ToArray()),
            ("strength", call.Get<double>("strength")),
            ("set_area_to_bounds", false)));
    }
}
