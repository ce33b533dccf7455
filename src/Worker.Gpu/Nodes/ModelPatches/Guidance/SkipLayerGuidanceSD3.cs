using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Guidance away from what the network sees without some of its double blocks.</summary>
internal sealed class SkipLayerGuidanceSD3 : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SkipLayerGuidanceSD3").In("advanced/guidance").Module("comfy_extras.nodes_sd3")
        .Experimental()
        .Input("model", "MODEL")
        .String("layers", "7, 8, 9", options: o => o.Advanced())
        .Float("scale", 3.0, 0.0, 10.0, 0.1)
        .Float("start_percent", 0.01, 0.0, 1.0, 0.001, options: o => o.Advanced())
        .Float("end_percent", 0.15, 0.0, 1.0, 0.001, options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(call.Get<DiffusionModel>("model").WithSkipLayerGuidance(SkippedLayers.Read(call, "layers"), call.Get<float>("scale")));
}
