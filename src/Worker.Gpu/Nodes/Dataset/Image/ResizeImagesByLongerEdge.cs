using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Resizes to a length of the longer edge.</summary>
internal sealed class ResizeImagesByLongerEdge : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ResizeImagesByLongerEdge", "Resize Images by Longer Edge").In("dataset/image").Module("comfy_extras.nodes_dataset")
        .Experimental()
        .Input("images", "IMAGE")
        .Int("longer_edge", 1024, 1, 8192)
        .Output("IMAGE", "images");

    protected override NodeResult Compute(NodeCall call)
    {
        var edge = call.Get<long>("longer_edge");
        var images = call.Get<Tensor>("images");
        var resized = Enumerable.Range(0, (int)images.shape[0]).Select(i => Resize(TensorImages.ToPixels(images[i]), edge));
        return NodeResult.Of(cat([.. resized]));
    }

    private static Tensor Resize(PixelBuffer image, long edge) => image.Width > image.Height
        ? SingleImages.Resize(image, edge, (long)(image.Height * ((double)edge / image.Width)))
        : SingleImages.Resize(image, (long)(image.Width * ((double)edge / image.Height)), edge);
}
