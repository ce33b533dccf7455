using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A latent times a number.</summary>
internal sealed class LatentMultiply : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("LatentMultiply").In("latent/advanced").Module("comfy_extras.nodes_latent")
        .Input("samples", "LATENT")
        .Float("multiplier", 1.0, -10.0, 10.0, 0.01)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var latent = call.Get<Latent>("samples");
        return NodeResult.Of(latent with { Samples = latent.Samples * call.Get<double>("multiplier") });
    }
}
