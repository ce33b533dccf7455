using Farm.Engine.Models.Style;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Puts an image's style behind the tokens of a conditioning.</summary>
internal sealed class StyleModelApply : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("StyleModelApply", "Apply Style Model").In("conditioning/style_model").Module("nodes")
        .Input("conditioning", "CONDITIONING")
        .Input("style_model", "STYLE_MODEL")
        .Input("clip_vision_output", "CLIP_VISION_OUTPUT")
        .Float("strength", 1.0, 0.0, 10.0, 0.001)
        .Combo("strength_type", ["multiply", "attn_bias"])
        .Output("CONDITIONING");

    protected override NodeResult Compute(NodeCall call)
    {
        var strength = call.Get<double>("strength");
        var tokens = call.Get<StyleModel>("style_model").Tokens(call.Get<VisionOutput>("clip_vision_output").Encoding).flatten(0, 1).unsqueeze(0);
        var multiplies = call.Get<string>("strength_type") == "multiply";
        if (multiplies) tokens = tokens * strength;
        return NodeResult.Of(new Conditioning([.. call.Get<Conditioning>("conditioning").Items.Select(item => WithTokens(item, tokens, multiplies ? 1 : strength))]));
    }

    private static ConditioningItem WithTokens(ConditioningItem item, Tensor tokens, double attention)
    {
        var joined = item with { Context = cat([item.Context, tokens], 1) };
        return attention == 1 ? joined : joined.With(("attention_mask", Mask(item, tokens.shape[1], attention)));
    }

    /// <summary>Added to scores: log(strength) where text and image rows look at the new tokens.</summary>
    private static Tensor Mask(ConditioningItem item, long added, double attention)
    {
        var image = item.Options.GetValueOrDefault("attention_mask_img_shape") is IReadOnlyList<object?> sides ? sides.Aggregate(1L, (product, side) => product * (long)side!) : 1;
        var text = item.Context.shape[1];
        var mask = zeros(1, text + added + image, text + added + image);
        var columns = mask.narrow(2, text, added);
        columns.narrow(1, 0, text).fill_(Math.Log(attention));
        columns.narrow(1, text + added, image).fill_(Math.Log(attention));
        return mask.to(ScalarType.Float16);
    }
}
