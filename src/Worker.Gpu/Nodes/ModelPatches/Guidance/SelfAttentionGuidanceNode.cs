using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Guidance away from a prediction blurred where the network looks.</summary>
internal sealed class SelfAttentionGuidanceNode : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SelfAttentionGuidance", "Self-Attention Guidance").In("_for_testing").Module("comfy_extras.nodes_sag")
        .Experimental()
        .Input("model", "MODEL")
        .Float("scale", 0.5, -2.0, 5.0, 0.01)
        .Float("blur_sigma", 2.0, 0.0, 10.0, 0.1, options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(call.Get<DiffusionModel>("model").WithSelfAttentionGuidance(call.Get<float>("scale"), call.Get<float>("blur_sigma")));
}
