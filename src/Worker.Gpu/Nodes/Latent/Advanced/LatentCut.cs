using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A strip of a latent; a negative index counts from the end.</summary>
internal sealed class LatentCut : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("LatentCut").In("latent/advanced").Module("comfy_extras.nodes_latent")
        .Input("samples", "LATENT")
        .Combo("dim", ["x", "y", "t"])
        .Int("index", 0, -16384, 16384, 1)
        .Int("amount", 1, 1, 16384, 1)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var latent = call.Get<Latent>("samples");
        var dimension = Latents.Dimension(latent.Samples, call.Get<string>("dim"));
        long size = latent.Samples.shape[dimension], index = call.Get<long>("index");
        var start = index >= 0 ? Math.Min(index, size - 1) : size + Math.Max(index, -size);
        return NodeResult.Of(latent with { Samples = latent.Samples.narrow(dimension, start, Math.Min(size - start, call.Get<long>("amount"))).clone() });
    }
}
