using Farm.Engine.Models.Clip;
using Farm.Engine.Models.Layers;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Weights;

namespace Farm.Engine.Families;

/// <summary>
/// Stable Diffusion 1.x in one file: a UNet with 8 heads over text 768 wide, CLIP ViT-L, the four-channel autoencoder. Nine input channels
/// are its inpainting model, eight instruct-pix2pix.
/// </summary>
internal sealed class StableDiffusion1 : IModelFamily
{
    private const int Heads = 8;
    private const int TextWidth = 768;

    public string Name => "SD1.x";

    public bool Matches(StateDict file) => Detect(file.Under(ModelKeys.UNet)) is { ContextWidth: TextWidth, InChannels: 4 or 8 or 9, VectorWidth: null };

    public LoadedCheckpoint Build(StateDict file, PartBuilder parts)
    {
        var unet = file.Under(ModelKeys.UNet);
        var config = Detect(unet)!;
        var rules = new ConditioningRules(ConcatRule: ConditioningRules.ConcatFor(config.InChannels, ModelKeys.LatentChannels));
        return new LoadedCheckpoint(
            Name,
            parts.UNet(unet, config, SamplingMarks.Discrete(file), LatentFormats.SD15, rules),
            parts.Clip("l", file.Under("cond_stage_model.transformer."), ClipActivation.QuickGelu),
            parts.Vae(file.Under(ModelKeys.Vae)),
            parts.TypesFor(unet.MainType).Remark);
    }

    private static UNetConfig? Detect(StateDict unet) => UNetConfig.Detect(unet, HeadRule.FixedCount(Heads));
}
