using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Applies an operation to a latent.</summary>
internal sealed class LatentApplyOperation : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("LatentApplyOperation").In("latent/advanced/operations").Module("comfy_extras.nodes_latent")
        .Experimental()
        .Input("samples", "LATENT")
        .Input("operation", "LATENT_OPERATION")
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var latent = call.Get<Latent>("samples");
        return NodeResult.Of(latent with { Samples = call.Get<LatentOperation>("operation").Apply(latent.Samples) });
    }
}
