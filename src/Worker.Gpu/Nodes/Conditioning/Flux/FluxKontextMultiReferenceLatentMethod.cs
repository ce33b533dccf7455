using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>How the network places several reference latents.</summary>
internal sealed class FluxKontextMultiReferenceLatentMethod : Node
{
    private const string Uxo = "uxo/uno";

    protected override void Define(NodeBuilder node) => node
        .Named("FluxKontextMultiReferenceLatentMethod", "Edit Model Reference Method").In("advanced/conditioning/flux").Module("comfy_extras.nodes_flux")
        .Experimental()
        .Input("conditioning", "CONDITIONING")
        .Combo("reference_latents_method", ["offset", "index", Uxo, "index_timestep_zero"], options: o => o.Advanced())
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call)
    {
        var method = call.Get<string>("reference_latents_method");
        return NodeResult.Of(call.Get<Conditioning>("conditioning").With(("reference_latents_method", method == Uxo ? "uxo" : method)));
    }
}
