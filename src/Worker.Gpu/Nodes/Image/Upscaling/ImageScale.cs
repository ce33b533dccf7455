using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Resizes to a size; a side of 0 follows from the other.</summary>
internal sealed class ImageScale : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ImageScale", "Upscale Image").In("image/upscaling").Module("nodes")
        .More("essentials_category", "Image Tools")
        .Input("image", "IMAGE")
        .Combo("upscale_method", Choices.Resizing)
        .Int("width", 512, 0, 16384, 1)
        .Int("height", 512, 0, 16384, 1)
        .Combo("crop", Choices.Crop)
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        long width = call.Get<long>("width"), height = call.Get<long>("height"), w = images.shape[2], h = images.shape[1];
        if (width == 0 && height == 0) return NodeResult.Of(images);
        if (width == 0) width = Math.Max(1, Sizes.Round((double)w * height / h));
        if (height == 0) height = Math.Max(1, Sizes.Round((double)h * width / w));
        return NodeResult.Of(Sizes.Resize(images, width, height, call.Get<string>("upscale_method"), call.Get<string>("crop") == "center"));
    }
}
