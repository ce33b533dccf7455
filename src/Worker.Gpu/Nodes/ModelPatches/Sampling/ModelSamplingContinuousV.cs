using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Velocity over a continuous range of levels.</summary>
internal sealed class ModelSamplingContinuousV : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ModelSamplingContinuousV", "ModelSamplingContinuousV").In("advanced/model").Module("comfy_extras.nodes_model_advanced")
        .Input("model", "MODEL")
        .Combo("sampling", ["v_prediction"])
        .Float("sigma_max", 500.0, 0.0, 1000.0, 0.001, options: o => o.Set("round", false).Advanced())
        .Float("sigma_min", 0.03, 0.0, 1000.0, 0.001, options: o => o.Set("round", false).Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(
        call.Get<DiffusionModel>("model") with { Sampling = ModelSampling.ContinuousV(call.Get<double>("sigma_max"), call.Get<double>("sigma_min")) });
}
