using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Guidance below a noise level, with its norm bounded.</summary>
internal sealed class RenormCFG : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("RenormCFG").In("advanced/model").Module("comfy_extras.nodes_lumina2")
        .Input("model", "MODEL")
        .Input("cfg_trunc", "FLOAT", options: o => o.Advanced().Set("default", 100).Set("min", 0.0).Set("max", 100.0).Set("step", 0.01))
        .Float("renorm_cfg", 1.0, 0.0, 100.0, 0.01, options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var (truncation, renorm) = (call.Get<float>("cfg_trunc"), call.Get<float>("renorm_cfg"));
        return NodeResult.Of(call.Get<DiffusionModel>("model").With(run => run with { Hooks = run.Hooks with { Mix = RenormCfg.Create(truncation, renorm) } }));
    }
}
