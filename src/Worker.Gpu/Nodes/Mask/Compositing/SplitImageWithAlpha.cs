using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Colours and inverted alpha apart.</summary>
internal sealed class SplitImageWithAlpha : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("SplitImageWithAlpha", "Split Image with Alpha").In("mask/compositing").Module("comfy_extras.nodes_compositing")
        .Input("image", "IMAGE")
        .Output("IMAGE")
        .Output("MASK");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        var alpha = images.shape[3] > 3 ? images.select(3, 3) : ones(images.shape[..3]);
        return NodeResult.Of(images.narrow(3, 0, Math.Min(3, images.shape[3])).clone(), 1 - alpha);
    }
}
