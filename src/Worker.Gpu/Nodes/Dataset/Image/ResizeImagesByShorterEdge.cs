using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Resizes to a length of the shorter edge.</summary>
internal sealed class ResizeImagesByShorterEdge : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ResizeImagesByShorterEdge", "Resize Images by Shorter Edge").In("dataset/image").Module("comfy_extras.nodes_dataset")
        .Experimental()
        .Input("images", "IMAGE")
        .Int("shorter_edge", 512, 1, 8192)
        .Output("IMAGE", "images");

    protected override NodeResult Compute(NodeCall call)
    {
        var edge = call.Get<long>("shorter_edge");
        return NodeResult.Of(Resize(SingleImages.Pixels(call), edge));
    }

    private static Tensor Resize(PixelBuffer image, long edge) => image.Width < image.Height
        ? SingleImages.Resize(image, edge, (long)(image.Height * ((double)edge / image.Width)))
        : SingleImages.Resize(image, (long)(image.Width * ((double)edge / image.Height)), edge);
}
