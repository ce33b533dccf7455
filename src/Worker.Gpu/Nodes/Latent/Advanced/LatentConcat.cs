using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Two latents side by side; a minus puts the second first.</summary>
internal sealed class LatentConcat : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("LatentConcat").In("latent/advanced").Module("comfy_extras.nodes_latent")
        .Input("samples1", "LATENT")
        .Input("samples2", "LATENT")
        .Combo("dim", ["x", "-x", "y", "-y", "t", "-t"])
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var first = call.Get<Latent>("samples1");
        Tensor a = first.Samples, b = Batches.Repeat(call.Get<Latent>("samples2").Samples, a.shape[0]);
        var side = call.Get<string>("dim");
        var dimension = Latents.Dimension(a, side);
        return NodeResult.Of(first with { Samples = side.StartsWith('-') ? cat([b, a], dimension) : cat([a, b], dimension) });
    }
}
