using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>One more latent for an editing network to look at.</summary>
internal sealed class ReferenceLatent : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("ReferenceLatent").In("advanced/conditioning/edit_models").Module("comfy_extras.nodes_edit_model")
        .Input("conditioning", "CONDITIONING")
        .OptionalInputs()
        .Input("latent", "LATENT")
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(call.Get<Conditioning>("conditioning").With("reference_latents", call.GetOptional<Latent>("latent")));
}
