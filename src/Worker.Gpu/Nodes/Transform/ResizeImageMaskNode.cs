using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Resizes images or masks by one of several rules.</summary>
internal sealed class ResizeImageMaskNode : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ResizeImageMaskNode", "Resize Image/Mask").In("transform").Module("comfy_extras.nodes_post_processing")
        .MatchInput("input", "input_type", "IMAGE,MASK")
        .DynamicCombo("resize_type", [
            ("scale dimensions", inputs => inputs.Int("width", 512, 0, 16384, 1).Int("height", 512, 0, 16384, 1).Combo("crop", ["disabled", "center"], "center")),
            ("scale by multiplier", inputs => inputs.Float("multiplier", 1.0, 0.01, 8.0, 0.01)),
            ("scale longer dimension", inputs => inputs.Int("longer_size", 512, 0, 16384, 1)),
            ("scale shorter dimension", inputs => inputs.Int("shorter_size", 512, 0, 16384, 1)),
            ("scale width", inputs => inputs.Int("width", 512, 0, 16384, 1)),
            ("scale height", inputs => inputs.Int("height", 512, 0, 16384, 1)),
            ("scale total pixels", inputs => inputs.Float("megapixels", 1.0, 0.01, 16.0, 0.01)),
            ("match size", inputs => inputs.Input("match", "IMAGE,MASK").Combo("crop", ["disabled", "center"], "center")),
            ("scale to multiple", inputs => inputs.Int("multiple", 8, 1, 16384, 1)),
        ])
        .Combo("scale_method", ["nearest-exact", "bilinear", "area", "bicubic", "lanczos"], "area")
        .MatchOutput("input_type", "resized");

    protected override NodeResult Compute(NodeCall call)
    {
        var input = call.Get<Tensor>("input");
        var images = AsImages(input);
        var rule = ResizeRule.Read(call.Get<IReadOnlyDictionary<string, object?>>("resize_type"));
        var method = call.Get<string>("scale_method");
        var resized = rule.Apply(images, method);
        return NodeResult.Of(ReferenceEquals(resized, images) ? input : input.dim() == 3 ? resized.squeeze(-1) : resized);
    }

    /// <summary>Masks [B, H, W] as images of one channel.</summary>
    internal static Tensor AsImages(Tensor value) => value.dim() == 3 ? value.unsqueeze(-1) : value;
}
