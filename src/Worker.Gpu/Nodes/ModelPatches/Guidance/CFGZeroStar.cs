using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The negative scaled to fit the positive.</summary>
internal sealed class CFGZeroStar : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("CFGZeroStar").In("advanced/guidance").Module("comfy_extras.nodes_cfg")
        .Input("model", "MODEL")
        .Output("MODEL", "patched_model");

    protected override NodeResult? Run(NodeCall call)
    {
        return NodeResult.Of(call.Get<DiffusionModel>("model").With(run => run with { Hooks = run.Hooks.With(CfgZeroStar.Apply) }));
    }
}
