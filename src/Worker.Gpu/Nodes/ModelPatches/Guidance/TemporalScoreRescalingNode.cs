using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Sharper or softer sampling by the signal to noise ratio.</summary>
internal sealed class TemporalScoreRescalingNode : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("TemporalScoreRescaling", "TSR - Temporal Score Rescaling").In("model_patches/unet").Module("comfy_extras.nodes_eps")
        .Input("model", "MODEL")
        .Float("tsr_k", 0.95, 0.01, 100.0, 0.001, options: o => o.Advanced().Set("display", "number"))
        .Float("tsr_sigma", 1.0, 0.01, 100.0, 0.001, options: o => o.Advanced().Set("display", "number"))
        .Output("MODEL", "patched_model");

    protected override NodeResult? Run(NodeCall call)
    {
        var (k, sigma) = (call.Get<float>("tsr_k"), call.Get<float>("tsr_sigma"));
        return NodeResult.Of(call.Get<DiffusionModel>("model").With(run => run with { Hooks = run.Hooks.With(TemporalScoreRescaling.Create(k, sigma)) }));
    }
}
