using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Compresses high magnitudes as Reinhard et al. 2002 do with luminance.</summary>
internal sealed class LatentOperationTonemapReinhard : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("LatentOperationTonemapReinhard").In("latent/advanced/operations").Module("comfy_extras.nodes_latent")
        .Experimental()
        .Float("multiplier", 1.0, 0.0, 100.0, 0.01)
        .Output("LATENT_OPERATION");

    protected override NodeResult? Run(NodeCall call)
    {
        var multiplier = call.Get<double>("multiplier");
        return NodeResult.Of(new LatentOperation(samples => Tonemap(samples, multiplier)));
    }

    private static Tensor Tonemap(Tensor samples, double multiplier)
    {
        var magnitude = samples.norm(1, keepdim: true, p: 2f) + 1e-10;
        var axes = Enumerable.Range(1, (int)samples.dim() - 1).Select(axis => (long)axis).ToArray();
        var top = (magnitude.std(axes, keepdim: true) * 5 + magnitude.mean(axes, keepdim: true)) * multiplier;
        var share = magnitude / top;
        return samples / magnitude * (share / (share + 1)) * top;
    }
}
