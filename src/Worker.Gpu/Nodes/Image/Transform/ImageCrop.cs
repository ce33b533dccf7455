using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A rectangle of an image.</summary>
internal sealed class ImageCrop : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageCrop", "Image Crop (Deprecated)").In("image/transform").Module("comfy_extras.nodes_images")
        .Deprecated().More("essentials_category", "Image Tools")
        .Input("image", "IMAGE")
        .Int("width", 512, 1, 16384, 1)
        .Int("height", 512, 1, 16384, 1)
        .Int("x", 0, 0, 16384, 1)
        .Int("y", 0, 0, 16384, 1)
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(
        Cropping.Cut(call.Get<Tensor>("image"), call.Get<long>("x"), call.Get<long>("y"), call.Get<long>("width"), call.Get<long>("height")));
}
