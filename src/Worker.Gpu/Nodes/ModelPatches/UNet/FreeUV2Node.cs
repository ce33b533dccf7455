using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The same with an amplification that follows the stream's mean.</summary>
internal sealed class FreeUV2Node : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("FreeU_V2").In("model_patches/unet").Module("comfy_extras.nodes_freelunch")
        .Input("model", "MODEL")
        .Float("b1", 1.3, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("b2", 1.4, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("s1", 0.9, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("s2", 0.2, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Get<DiffusionModel>("model").WithFreeU(
        new FreeU.Factors(call.Get<float>("b1"), call.Get<float>("s1")), new FreeU.Factors(call.Get<float>("b2"), call.Get<float>("s2")), second: true));
}
