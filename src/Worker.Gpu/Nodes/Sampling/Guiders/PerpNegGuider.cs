using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Guidance away from the part of the negative that is perpendicular to the positive.</summary>
internal sealed class PerpNegGuider : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("PerpNegGuider").In("_for_testing").Module("comfy_extras.nodes_perpneg")
        .Experimental()
        .Input("model", "MODEL")
        .Input("positive", "CONDITIONING")
        .Input("negative", "CONDITIONING")
        .Input("empty_conditioning", "CONDITIONING")
        .Float("cfg", 8.0, 0.0, 100.0, 0.1, 0.01)
        .Float("neg_scale", 1.0, 0.0, 100.0, 0.01, options: o => o.Advanced())
        .Output("GUIDER");

    protected override NodeResult? Run(NodeCall call)
    {
        var (scale, negative) = (call.Get<float>("cfg"), call.Get<float>("neg_scale"));
        return NodeResult.Of(new GuiderSource(
            call.Get<DiffusionModel>("model"),
            [call.Get<Conditioning>("positive"), call.Get<Conditioning>("negative"), call.Get<Conditioning>("empty_conditioning")],
            (run, sets) => new Farm.Engine.Sampling.PerpNegGuider(run.Model, sets[0], sets[1], sets[2], scale, negative, run.Hooks)));
    }
}
