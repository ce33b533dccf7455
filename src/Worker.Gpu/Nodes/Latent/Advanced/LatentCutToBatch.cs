using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Cuts a latent into strips of one width, one after the other in the batch; what is left over goes.</summary>
internal sealed class LatentCutToBatch : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("LatentCutToBatch").In("latent/advanced").Module("comfy_extras.nodes_latent")
        .Input("samples", "LATENT")
        .Combo("dim", ["t", "x", "y"])
        .Int("slice_size", 1, 1, 16384, 1)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var latent = call.Get<Latent>("samples");
        var samples = latent.Samples;
        var dimension = Latents.Dimension(samples, call.Get<string>("dim"));
        var width = Math.Min(call.Get<long>("slice_size"), samples.shape[dimension]);
        var count = samples.shape[dimension] / width;
        var strips = samples.narrow(dimension, 0, count * width)
            .reshape([.. samples.shape[..dimension], count, width, .. samples.shape[(dimension + 1)..]])
            .movedim([dimension], [1]);
        return NodeResult.Of(latent with { Samples = strips.flatten(0, 1).clone() });
    }
}
