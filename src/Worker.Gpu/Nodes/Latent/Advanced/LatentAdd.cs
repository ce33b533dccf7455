using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The sum of two latents.</summary>
internal sealed class LatentAdd : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("LatentAdd").In("latent/advanced").Module("comfy_extras.nodes_latent")
        .Input("samples1", "LATENT")
        .Input("samples2", "LATENT")
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var first = call.Get<Latent>("samples1");
        return NodeResult.Of(first with { Samples = first.Samples + Latents.Match(call.Get<Latent>("samples2").Samples, first.Samples) });
    }
}
