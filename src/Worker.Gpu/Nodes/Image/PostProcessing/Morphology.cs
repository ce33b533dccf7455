using Farm.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Grey morphology with a square window, each channel alone; what lies outside the image is left out.</summary>
internal sealed class Morphology : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("Morphology", "ImageMorphology").In("image/postprocessing").Module("comfy_extras.nodes_morphology")
        .Input("image", "IMAGE")
        .Combo("operation", ["erode", "dilate", "open", "close", "gradient", "bottom_hat", "top_hat"])
        .Int("kernel_size", 3, 3, 999, 1)
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var image = call.Get<Tensor>("image").movedim([-1], [1]);
        var side = call.Get<long>("kernel_size");
        if (side < 1) throw NodeFailedException.ValueError($"kernel_size: {side} is less than 1");
        var operation = call.Get<string>("operation");
        var result = operation switch
        {
            "erode" => Erode(image, side),
            "dilate" => Dilate(image, side),
            "open" => Dilate(Erode(image, side), side),
            "close" => Erode(Dilate(image, side), side),
            "gradient" => Dilate(image, side) - Erode(image, side),
            "top_hat" => image - Dilate(Erode(image, side), side),
            "bottom_hat" => Erode(Dilate(image, side), side) - image,
            _ => throw NodeFailedException.ValueError($"operation: '{operation}' is not known"),
        };
        return NodeResult.Of(result.movedim([1], [-1]).contiguous());
    }

    private static Tensor Erode(Tensor planes, long side) => -Dilate(-planes, side);

    // A square's maximum is that of its rows' maxima. A window of even side reaches further up and left.
    private static Tensor Dilate(Tensor planes, long side)
    {
        long before = side / 2, after = side - 1 - before;
        var padded = nn.functional.pad(planes, [before, after, before, after], PaddingModes.Constant, double.NegativeInfinity);
        return nn.functional.max_pool2d(nn.functional.max_pool2d(padded, [1, side], [1, 1]), [side, 1], [1, 1]);
    }
}
