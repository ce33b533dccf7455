using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Resizes by a factor.</summary>
internal sealed class ImageScaleBy : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ImageScaleBy", "Upscale Image By").In("image/upscaling").Module("nodes")
        .More("essentials_category", "Image Tools")
        .Input("image", "IMAGE")
        .Combo("upscale_method", Choices.Resizing)
        .Float("scale_by", 1.0, 0.01, 8.0, 0.01)
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        var factor = call.Get<double>("scale_by");
        return NodeResult.Of(Sizes.Resize(images, Sizes.Round(images.shape[2] * factor), Sizes.Round(images.shape[1] * factor), call.Get<string>("upscale_method")));
    }
}
