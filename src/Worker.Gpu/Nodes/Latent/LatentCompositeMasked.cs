using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Pastes a latent into another, weighted by a mask.</summary>
internal sealed class LatentCompositeMasked : TensorNode
{
    private const long PixelsPerCell = 8;
    protected override void Define(NodeBuilder node) => node
        .Named("LatentCompositeMasked").In("latent").Module("comfy_extras.nodes_mask")
        .Input("destination", "LATENT")
        .Input("source", "LATENT")
        .Int("x", 0, 0, 16384, 8)
        .Int("y", 0, 0, 16384, 8)
        .Boolean("resize_source", false)
        .OptionalInputs()
        .Input("mask", "MASK")
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var destination = call.Get<Latent>("destination");
        var painted = Pasting.Paste(
            destination.Samples, call.Get<Latent>("source").Samples, call.Get<long>("x"), call.Get<long>("y"),
            call.GetOptional<Tensor>("mask"), PixelsPerCell, call.Get("resize_source", false));
        return NodeResult.Of(destination with { Samples = painted });
    }
}
