using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>No guidance scale, not even the usual one.</summary>
internal sealed class FluxDisableGuidance : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("FluxDisableGuidance").In("advanced/conditioning/flux").Module("comfy_extras.nodes_flux")
        .Input("conditioning", "CONDITIONING")
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Get<Conditioning>("conditioning").With(("guidance", null)));
}
