using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Fits images into a size and fills up what is left.</summary>
internal sealed class ResizeAndPadImage : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ResizeAndPadImage").In("image/transform").Module("comfy_extras.nodes_images")
        .Input("image", "IMAGE")
        .Int("target_width", 512, 1, 16384, 1)
        .Int("target_height", 512, 1, 16384, 1)
        .Combo("padding_color", ["white", "black"], options: o => o.Advanced())
        .Combo("interpolation", ["area", "bicubic", "nearest-exact", "bilinear", "lanczos"], options: o => o.Advanced())
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        long width = call.Get<long>("target_width"), height = call.Get<long>("target_height");
        var scale = Math.Min((double)width / images.shape[2], (double)height / images.shape[1]);
        long w = (long)(images.shape[2] * scale), h = (long)(images.shape[1] * scale);
        var fitted = Sizes.Resize(images, w, h, call.Get<string>("interpolation"));
        var fill = call.Get<string>("padding_color") == "white" ? 1.0 : 0.0;
        var padded = full(TensorMemory.Require(images.shape[0], height, width, images.shape[3]), fill, ScalarType.Float32);
        padded.narrow(1, (height - h) / 2, h).narrow(2, (width - w) / 2, w).copy_(fitted);
        return NodeResult.Of(padded);
    }
}
