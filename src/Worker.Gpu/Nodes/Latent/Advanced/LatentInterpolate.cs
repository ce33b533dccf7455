using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Mixes directions of the channel vectors and, apart from them, their lengths.</summary>
internal sealed class LatentInterpolate : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("LatentInterpolate").In("latent/advanced").Module("comfy_extras.nodes_latent")
        .Input("samples1", "LATENT")
        .Input("samples2", "LATENT")
        .Float("ratio", 1.0, 0.0, 1.0, 0.01)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var first = call.Get<Latent>("samples1");
        var share = call.Get<double>("ratio");
        Tensor a = first.Samples, b = Latents.Match(call.Get<Latent>("samples2").Samples, a);
        Tensor lengthA = Length(a), lengthB = Length(b);
        var mixed = Unit(a, lengthA) * share + Unit(b, lengthB) * (1 - share);
        return NodeResult.Of(first with { Samples = Unit(mixed, Length(mixed)) * (lengthA * share + lengthB * (1 - share)) });
    }

    private static Tensor Length(Tensor samples) => samples.norm(1, keepdim: true, p: 2);

    private static Tensor Unit(Tensor samples, Tensor length) => (samples / length).nan_to_num();
}
