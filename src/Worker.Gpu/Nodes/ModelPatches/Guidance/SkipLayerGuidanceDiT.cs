using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Guidance away from what the network sees without some of its blocks, rescaled to the positive's deviation.</summary>
internal sealed class SkipLayerGuidanceDiT : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SkipLayerGuidanceDiT").In("advanced/guidance").Module("comfy_extras.nodes_slg")
        .Experimental()
        .Input("model", "MODEL")
        .String("double_layers", "7, 8, 9", options: o => o.Advanced())
        .String("single_layers", "7, 8, 9", options: o => o.Advanced())
        .Float("scale", 3.0, 0.0, 10.0, 0.1)
        .Float("start_percent", 0.01, 0.0, 1.0, 0.001, options: o => o.Advanced())
        .Float("end_percent", 0.15, 0.0, 1.0, 0.001, options: o => o.Advanced())
        .Float("rescaling_scale", 0.0, 0.0, 10.0, 0.01)
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(
        call.Get<DiffusionModel>("model").WithSkipLayerGuidance(SkippedLayers.Read(call, "double_layers", "single_layers"), call.Get<float>("scale"), call.Get<float>("rescaling_scale")));
}
