using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Two conditionings with a scale each.</summary>
internal sealed class DualCFGGuider : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("DualCFGGuider").In("sampling/custom_sampling/guiders").Module("comfy_extras.nodes_custom_sampler")
        .Input("model", "MODEL")
        .Input("cond1", "CONDITIONING")
        .Input("cond2", "CONDITIONING")
        .Input("negative", "CONDITIONING")
        .Float("cfg_conds", 8.0, 0.0, 100.0, 0.1, 0.01)
        .Float("cfg_cond2_negative", 8.0, 0.0, 100.0, 0.1, 0.01)
        .Combo("style", ["regular", "nested"])
        .Output("GUIDER");

    protected override NodeResult? Run(NodeCall call)
    {
        var (outer, inner, nested) = (call.Get<float>("cfg_conds"), call.Get<float>("cfg_cond2_negative"), call.Get<string>("style") == "nested");
        return NodeResult.Of(new GuiderSource(
            call.Get<DiffusionModel>("model"),
            [call.Get<Conditioning>("cond1"), call.Get<Conditioning>("cond2"), call.Get<Conditioning>("negative")],
            (run, sets) => new DualCfgGuider(run.Model, sets[0], sets[1], sets[2], outer, inner, nested, run.Hooks)));
    }
}
