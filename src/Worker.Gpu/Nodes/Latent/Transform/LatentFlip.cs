using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Mirrors.</summary>
internal sealed class LatentFlip : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("LatentFlip", "Flip Latent").In("latent/transform").Module("nodes")
        .Input("samples", "LATENT")
        .Combo("flip_method", ["x-axis: vertically", "y-axis: horizontally"])
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var latent = call.Get<Latent>("samples");
        return NodeResult.Of(latent with { Samples = latent.Samples.flip(call.Get<string>("flip_method").StartsWith('x') ? 2 : 3) });
    }
}
