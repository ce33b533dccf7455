using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Turns clockwise by quarters.</summary>
internal sealed class LatentRotate : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("LatentRotate", "Rotate Latent").In("latent/transform").Module("nodes")
        .Input("samples", "LATENT")
        .Combo("rotation", ["none", "90 degrees", "180 degrees", "270 degrees"])
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var latent = call.Get<Latent>("samples");
        return NodeResult.Of(latent with { Samples = rot90(latent.Samples, Quarters.Of(call.Get<string>("rotation")), (3, 2)) });
    }
}
