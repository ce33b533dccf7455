using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Colours with the inverse of a mask as alpha.</summary>
internal sealed class JoinImageWithAlpha : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("JoinImageWithAlpha", "Join Image with Alpha").In("mask/compositing").Module("comfy_extras.nodes_compositing")
        .Input("image", "IMAGE")
        .Input("alpha", "MASK")
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        var mask = Pasting.Stretch(Batches.MaskPlanes(call.Get<Tensor>("alpha")), images.shape[1], images.shape[2]);
        var rows = Math.Max(images.shape[0], mask.shape[0]);
        var alpha = Batches.Repeat(1 - mask, rows).movedim([1], [-1]);
        return NodeResult.Of(cat([Batches.Repeat(images, rows).narrow(3, 0, 3), alpha], -1));
    }
}
