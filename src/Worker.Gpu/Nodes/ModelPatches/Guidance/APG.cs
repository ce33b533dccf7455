using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Adaptive projected guidance, with its momentum kept for one run.</summary>
internal sealed class APG : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("APG", "Adaptive Projected Guidance").In("sampling/custom_sampling").Module("comfy_extras.nodes_apg")
        .Input("model", "MODEL")
        .Float("eta", 1.0, -10.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("norm_threshold", 5.0, 0.0, 50.0, 0.1, options: o => o.Advanced())
        .Float("momentum", 0.0, -5.0, 1.0, 0.01, options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var (eta, threshold, momentum) = (call.Get<float>("eta"), call.Get<float>("norm_threshold"), call.Get<float>("momentum"));
        return NodeResult.Of(call.Get<DiffusionModel>("model").With(run => run with { Hooks = run.Hooks.With(Apg.Create(eta, threshold, momentum)) }));
    }
}
