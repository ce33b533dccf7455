using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A continuous range of levels.</summary>
internal sealed class ModelSamplingContinuousEDM : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ModelSamplingContinuousEDM", "ModelSamplingContinuousEDM").In("advanced/model").Module("comfy_extras.nodes_model_advanced")
        .Input("model", "MODEL")
        .Combo("sampling", ["v_prediction", "edm", "edm_playground_v2.5", "eps", "cosmos_rflow"])
        .Float("sigma_max", 120.0, 0.0, 1000.0, 0.001, options: o => o.Set("round", false).Advanced())
        .Float("sigma_min", 0.002, 0.0, 1000.0, 0.001, options: o => o.Set("round", false).Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var model = call.Get<DiffusionModel>("model");
        var (kind, data) = call.Get<string>("sampling") switch
        {
            "eps" => (EdmKind.Eps, 1.0),
            "cosmos_rflow" => (EdmKind.Cosmos, 1.0),
            "edm" => (EdmKind.Edm, 0.5),
            "edm_playground_v2.5" => (EdmKind.Edm, 0.5),
            _ => (EdmKind.V, 1.0),
        };
        var format = call.Get<string>("sampling") == "edm_playground_v2.5" ? LatentFormats.Playground25 : model.LatentFormat;
        return NodeResult.Of(model with { Sampling = ModelSampling.Edm(kind, call.Get<double>("sigma_max"), call.Get<double>("sigma_min"), data), LatentFormat = format });
    }
}
