using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A mix of two latents, the second resized to the first.</summary>
internal sealed class LatentBlend : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("LatentBlend", "Latent Blend").In("_for_testing").Module("nodes")
        .Input("samples1", "LATENT")
        .Input("samples2", "LATENT")
        .Input("blend_factor", "FLOAT", options: o => o.Set("default", 0.5).Set("min", 0).Set("max", 1).Set("step", 0.01))
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var first = call.Get<Latent>("samples1");
        Tensor a = first.Samples, b = call.Get<Latent>("samples2").Samples;
        if (!a.shape.SequenceEqual(b.shape)) b = Scaling.Resize(b, a.shape[3], a.shape[2], "bicubic", cropCentre: true);
        var share = call.Get<double>("blend_factor");
        return NodeResult.Of(first with { Samples = a * share + b * (1 - share) });
    }
}
