using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Guidance away from what the network sees without its middle self attention.</summary>
internal sealed class PerturbedAttentionGuidance : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("PerturbedAttentionGuidance").In("model_patches/unet").Module("comfy_extras.nodes_pag")
        .Input("model", "MODEL")
        .Float("scale", 3.0, 0.0, 100.0, 0.01, 0.01)
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(call.Get<DiffusionModel>("model").WithPerturbedAttention(call.Get<float>("scale")));
}
