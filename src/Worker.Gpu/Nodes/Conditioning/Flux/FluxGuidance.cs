using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The guidance scale that networks distilled for one take as an input.</summary>
internal sealed class FluxGuidance : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("FluxGuidance").In("advanced/conditioning/flux").Module("comfy_extras.nodes_flux")
        .Input("conditioning", "CONDITIONING")
        .Float("guidance", 3.5, 0.0, 100.0, 0.1)
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(call.Get<Conditioning>("conditioning").With(("guidance", call.Get<double>("guidance"))));
}
