using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Two images in one batch, the second resized to the first.</summary>
internal sealed class ImageBatch : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ImageBatch", "Batch Images").In("image").Module("nodes")
        .Deprecated()
        .Input("image1", "IMAGE")
        .Input("image2", "IMAGE")
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        Tensor first = call.Get<Tensor>("image1"), second = call.Get<Tensor>("image2");
        if (first.shape[3] < second.shape[3]) first = ImageChannels.AddAlpha(first);
        else if (second.shape[3] < first.shape[3]) second = ImageChannels.AddAlpha(second);
        if (!first.shape.AsSpan(1).SequenceEqual(second.shape.AsSpan(1)))
            second = Sizes.Resize(second, first.shape[2], first.shape[1], "bilinear", cropCentre: true);
        return NodeResult.Of(cat([first, second]));
    }
}
