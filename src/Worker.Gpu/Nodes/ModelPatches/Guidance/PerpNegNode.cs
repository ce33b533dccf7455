using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Guidance away from the part of the negative that is perpendicular to the positive; the empty text is evaluated apart.</summary>
internal sealed class PerpNegNode : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("PerpNeg", "Perp-Neg (DEPRECATED by PerpNegGuider)").In("_for_testing").Module("comfy_extras.nodes_perpneg")
        .Deprecated().Experimental()
        .Input("model", "MODEL")
        .Input("empty_conditioning", "CONDITIONING")
        .Float("neg_scale", 1.0, 0.0, 100.0, 0.01, options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var model = call.Get<DiffusionModel>("model");
        var scale = call.Get<float>("neg_scale");
        var kept = call.Get<Conditioning>("empty_conditioning").Items.Select(item => new ConditioningEntry(item.Context.clone().DetachFromDisposeScope())).ToArray();
        return NodeResult.Of(model.With(run => run with { Hooks = run.Hooks with { Mix = Farm.Engine.Sampling.PerpNeg.Create(kept, scale) } }));
    }
}
