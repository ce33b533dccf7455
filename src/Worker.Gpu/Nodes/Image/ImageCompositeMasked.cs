using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Pastes an image into another, weighted by a mask.</summary>
internal sealed class ImageCompositeMasked : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageCompositeMasked").In("image").Module("comfy_extras.nodes_mask")
        .Input("destination", "IMAGE")
        .Input("source", "IMAGE")
        .Int("x", 0, 0, 16384, 1)
        .Int("y", 0, 0, 16384, 1)
        .Boolean("resize_source", false)
        .OptionalInputs()
        .Input("mask", "MASK")
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var (destination, source) = ImageChannels.Match(call.Get<Tensor>("destination"), call.Get<Tensor>("source"));
        var painted = Pasting.Paste(
            destination.movedim([-1], [1]), source.movedim([-1], [1]), call.Get<long>("x"), call.Get<long>("y"),
            call.GetOptional<Tensor>("mask"), 1, call.Get("resize_source", false));
        return NodeResult.Of(painted.movedim([1], [-1]).contiguous());
    }
}
