using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The predicted noise divided by a factor.</summary>
internal sealed class EpsilonScalingNode : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("Epsilon Scaling").In("model_patches/unet").Module("comfy_extras.nodes_eps")
        .Input("model", "MODEL")
        .Float("scaling_factor", 1.005, 0.5, 1.5, 0.001, options: o => o.Advanced().Set("display", "number"))
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var factor = call.Get<float>("scaling_factor");
        return NodeResult.Of(call.Get<DiffusionModel>("model").With(run => run with { Hooks = run.Hooks.With(EpsilonScaling.Create(factor)) }));
    }
}
