using Farm.Engine.Models.Clip;
using Farm.Engine.Models.Layers;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Text;
using Farm.Engine.Weights;

namespace Farm.Engine.Families;

/// <summary>
/// SDXL in one file (arXiv 2307.01952) and what was distilled from it (SSD-1B, Vega, KOALA), whose UNets differ in the keys they have alone:
/// heads 64 wide over text 2048 wide, sizes and the text's summary as a vector, CLIP-L and OpenCLIP bigG.
/// </summary>
internal sealed class StableDiffusionXl : IModelFamily
{
    private const int TextWidth = 2048;
    private const int VectorWidth = 2816;

    public string Name => "SDXL";

    public bool Matches(StateDict file) => Detect(file.Under(ModelKeys.UNet)) is { ContextWidth: TextWidth, InChannels: 4 or 8 or 9, VectorWidth: VectorWidth };

    public LoadedCheckpoint Build(StateDict file, PartBuilder parts)
    {
        var unet = file.Under(ModelKeys.UNet);
        var config = Detect(unet)!;
        var (sampling, format) = SamplingMarks.Xl(file);
        var rules = new ConditioningRules(SizeVector.Base, ConditioningRules.ConcatFor(config.InChannels, ModelKeys.LatentChannels));
        return new LoadedCheckpoint(
            Name,
            parts.UNet(unet, config, sampling, format, rules),
            Clip(file, parts),
            parts.Vae(file.Under(ModelKeys.Vae)),
            parts.TypesFor(unet.MainType).Remark);
    }

    /// <summary>Both encoders give the last layer but one, not normed.</summary>
    private static ITextEncoder? Clip(StateDict file, PartBuilder parts)
    {
        var l = parts.Clip("l", file.Under("conditioner.embedders.0.transformer."), ClipActivation.QuickGelu);
        var g = parts.Clip("g", file.Under("conditioner.embedders.1.model."), ClipActivation.Gelu, padding: 0);
        if (l is null || g is null) return null;
        return new DualClipTextEncoder(l with { HiddenFromEnd = 2, NormHidden = false }, g with { HiddenFromEnd = 2, NormHidden = false });
    }

    private static UNetConfig? Detect(StateDict unet) => UNetConfig.Detect(unet, HeadRule.FixedWidth(ModelKeys.HeadWidth));
}
