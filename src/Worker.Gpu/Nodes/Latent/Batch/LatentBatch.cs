using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Two latents in one batch, the second resized to the first.</summary>
internal sealed class LatentBatch : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("LatentBatch").In("latent/batch").Module("comfy_extras.nodes_latent")
        .Deprecated()
        .Input("samples1", "LATENT")
        .Input("samples2", "LATENT")
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        Latent first = call.Get<Latent>("samples1"), second = call.Get<Latent>("samples2");
        return NodeResult.Of(first with
        {
            Samples = cat([first.Samples, Latents.Fit(second.Samples, first.Samples)]),
            BatchIndex = [.. Latents.Places(first), .. Latents.Places(second)],
        });
    }
}
