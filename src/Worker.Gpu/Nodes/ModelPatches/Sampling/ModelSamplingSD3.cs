using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A flow with a shift.</summary>
internal sealed class ModelSamplingSD3 : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ModelSamplingSD3", "ModelSamplingSD3").In("advanced/model").Module("comfy_extras.nodes_model_advanced")
        .Input("model", "MODEL")
        .Float("shift", 3.0, 0.0, 100.0, 0.01)
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(
        call.Get<DiffusionModel>("model") with { Sampling = ModelSampling.Flow(call.Get<double>("shift")) });
}
