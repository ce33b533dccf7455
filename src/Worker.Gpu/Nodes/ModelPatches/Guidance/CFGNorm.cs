using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The result's norm bounded by the positive's.</summary>
internal sealed class CFGNorm : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("CFGNorm").In("advanced/guidance").Module("comfy_extras.nodes_cfg")
        .Experimental()
        .Input("model", "MODEL")
        .Float("strength", 1.0, 0.0, 100.0, 0.01)
        .Output("MODEL", "patched_model");

    protected override NodeResult? Run(NodeCall call)
    {
        var strength = call.Get<float>("strength");
        return NodeResult.Of(call.Get<DiffusionModel>("model").With(run => run with { Hooks = run.Hooks.With(CfgNorm.Create(strength)) }));
    }
}
