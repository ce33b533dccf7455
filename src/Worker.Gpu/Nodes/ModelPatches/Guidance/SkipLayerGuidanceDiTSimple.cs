using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The negative alone without some of the network's blocks, in place of a pass more.</summary>
internal sealed class SkipLayerGuidanceDiTSimple : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SkipLayerGuidanceDiTSimple").In("advanced/guidance").Module("comfy_extras.nodes_slg")
        .Experimental()
        .Input("model", "MODEL")
        .String("double_layers", "7, 8, 9", options: o => o.Advanced())
        .String("single_layers", "7, 8, 9", options: o => o.Advanced())
        .Float("start_percent", 0.0, 0.0, 1.0, 0.001, options: o => o.Advanced())
        .Float("end_percent", 1.0, 0.0, 1.0, 0.001, options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(call.Get<DiffusionModel>("model").WithSkippedNegative(SkippedLayers.Read(call, "double_layers", "single_layers")));
}
