using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Reads a grey mask as how late each place starts to change.</summary>
internal sealed class DifferentialDiffusionNode : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("DifferentialDiffusion", "Differential Diffusion").In("_for_testing").Module("comfy_extras.nodes_differential_diffusion")
        .Experimental()
        .Input("model", "MODEL")
        .OptionalInputs()
        .Float("strength", 1.0, 0.0, 1.0, 0.01)
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(call.Get<DiffusionModel>("model").WithDifferentialDiffusion(call.Get("strength", 1.0)));
}
