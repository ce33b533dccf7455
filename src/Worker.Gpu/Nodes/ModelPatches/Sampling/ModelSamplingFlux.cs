using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A flow whose shift follows the picture's size.</summary>
internal sealed class ModelSamplingFlux : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ModelSamplingFlux", "ModelSamplingFlux").In("advanced/model").Module("comfy_extras.nodes_model_advanced")
        .Input("model", "MODEL")
        .Float("max_shift", 1.15, 0.0, 100.0, 0.01, options: o => o.Advanced())
        .Float("base_shift", 0.5, 0.0, 100.0, 0.01, options: o => o.Advanced())
        .Int("width", 1024, 16, 16384, 8)
        .Int("height", 1024, 16, 16384, 8)
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var shift = FluxSigmas.ShiftFor(call.Get<double>("max_shift"), call.Get<double>("base_shift"), call.Get<long>("width"), call.Get<long>("height"));
        return NodeResult.Of(call.Get<DiffusionModel>("model") with { Sampling = new ModelSampling(new FluxSigmas(shift), Prediction.Flow) });
    }
}
