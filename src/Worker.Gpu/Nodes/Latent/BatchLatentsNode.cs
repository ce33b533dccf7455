using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Latents in one batch, all resized to the first; the first one's noise mask stays as it is.</summary>
internal sealed class BatchLatentsNode : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("BatchLatentsNode", "Batch Latents").In("latent").Module("comfy_extras.nodes_post_processing")
        .Autogrow("latents", row => row.Input("latent", "LATENT"), "latent", min: 2, max: 50)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var latents = Rows.Of<Latent>(call, "latents");
        var first = latents[0].Samples;
        return NodeResult.Of(latents[0] with
        {
            Samples = cat([.. latents.Select(latent => Latents.Fit(latent.Samples, first))]),
            BatchIndex = [.. latents.SelectMany(Latents.Places)],
        });
    }
}
