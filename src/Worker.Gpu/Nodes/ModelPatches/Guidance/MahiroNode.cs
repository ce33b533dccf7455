using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Between the mixed prediction and the scaled positive, by how alike the sides are.</summary>
internal sealed class MahiroNode : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("Mahiro", "Positive-Biased Guidance").In("_for_testing").Module("comfy_extras.nodes_mahiro")
        .Experimental()
        .Input("model", "MODEL")
        .Output("MODEL", "patched_model");

    protected override NodeResult? Run(NodeCall call)
    {
        return NodeResult.Of(call.Get<DiffusionModel>("model").With(run => run with { Hooks = run.Hooks.With(Mahiro.Apply) }));
    }
}
