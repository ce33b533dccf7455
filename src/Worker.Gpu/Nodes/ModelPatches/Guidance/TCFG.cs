using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The negative's score less its part across the shared direction.</summary>
internal sealed class TCFG : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("TCFG", "Tangential Damping CFG").In("advanced/guidance").Module("comfy_extras.nodes_tcfg")
        .Input("model", "MODEL")
        .Output("MODEL", "patched_model");

    protected override NodeResult? Run(NodeCall call)
    {
        return NodeResult.Of(call.Get<DiffusionModel>("model").With(run => run with { Hooks = run.Hooks.With(Tcfg.Apply) }));
    }
}
