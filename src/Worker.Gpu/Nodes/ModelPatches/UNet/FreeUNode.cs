using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Amplifies the stream on the way up and damps low frequencies of the skips.</summary>
internal sealed class FreeUNode : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("FreeU").In("model_patches/unet").Module("comfy_extras.nodes_freelunch")
        .Input("model", "MODEL")
        .Float("b1", 1.1, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("b2", 1.2, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("s1", 0.9, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("s2", 0.2, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Get<DiffusionModel>("model").WithFreeU(
        new FreeU.Factors(call.Get<float>("b1"), call.Get<float>("s1")), new FreeU.Factors(call.Get<float>("b2"), call.Get<float>("s2")), second: false));
}
