using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Stable Cascade's levels.</summary>
internal sealed class ModelSamplingStableCascade : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ModelSamplingStableCascade", "ModelSamplingStableCascade").In("advanced/model").Module("comfy_extras.nodes_model_advanced")
        .Input("model", "MODEL")
        .Float("shift", 2.0, 0.0, 100.0, 0.01)
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(
        call.Get<DiffusionModel>("model") with { Sampling = new ModelSampling(new CascadeSigmas(call.Get<double>("shift")), Prediction.Eps) });
}
