using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Blends a second image, resized to the first, over it.</summary>
internal sealed class ImageBlend : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageBlend", "Image Blend").In("image/postprocessing").Module("comfy_extras.nodes_post_processing")
        .More("essentials_category", "Image Tools")
        .Input("image1", "IMAGE")
        .Input("image2", "IMAGE")
        .Float("blend_factor", 0.5, 0.0, 1.0, 0.01)
        .Combo("blend_mode", ["normal", "multiply", "screen", "overlay", "soft_light", "difference"])
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var (a, b) = ImageChannels.Match(call.Get<Tensor>("image1"), call.Get<Tensor>("image2"));
        if (!a.shape.AsSpan(1, 2).SequenceEqual(b.shape.AsSpan(1, 2))) b = Sizes.Resize(b, a.shape[2], a.shape[1], "bicubic", cropCentre: true);
        var factor = call.Get<double>("blend_factor");
        return NodeResult.Of((a * (1 - factor) + Blend(a, b, call.Get<string>("blend_mode")) * factor).clamp(0, 1));
    }

    private static Tensor Blend(Tensor a, Tensor b, string mode) => mode switch
    {
        "normal" => b,
        "multiply" => a * b,
        "screen" => 1 - (1 - a) * (1 - b),
        "overlay" => where(a <= 0.5, 2 * a * b, 1 - 2 * (1 - a) * (1 - b)),
        "soft_light" => where(b <= 0.5, a - (1 - 2 * b) * a * (1 - a), a + (2 * b - 1) * (Curve(a) - a)),
        "difference" => a - b,
        _ => throw NodeFailedException.ValueError($"Unsupported blend mode: {mode}"),
    };

    private static Tensor Curve(Tensor x) => where(x <= 0.25, ((16 * x - 12) * x + 4) * x, x.sqrt());
}
