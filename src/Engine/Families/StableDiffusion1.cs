using Farm.Engine.Models.Clip;
using Farm.Engine.Models.Layers;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Weights;

namespace Farm.Engine.Families;

/// <summary>
/// Stable Diffusion 1.x in one file: a UNet with 8 heads over text 768 wide, CLIP ViT-L, the four-channel autoencoder.
/// A tensor named <c>v_pred</c> marks a network trained on velocities.
/// </summary>
internal sealed class StableDiffusion1 : IModelFamily
{
    private const string UNetPrefix = "model.diffusion_model.";
    private const int Heads = 8;
    private const int TextWidth = 768;
    private const int LatentChannels = 4;

    public string Name => "SD1.x";

    public bool Matches(StateDict file) => Detect(file.Under(UNetPrefix)) is { ContextWidth: TextWidth, InChannels: LatentChannels, VectorWidth: null };

    public LoadedCheckpoint Build(StateDict file, PartBuilder parts)
    {
        var unet = file.Under(UNetPrefix);
        var prediction = file.Contains("v_pred") ? Prediction.V : Prediction.Eps;
        return new LoadedCheckpoint(
            Name,
            parts.UNet(unet, Detect(unet)!, ModelSampling.Discrete(prediction), LatentFormats.SD15),
            parts.Clip("l", file.Under("cond_stage_model.transformer."), ClipActivation.QuickGelu),
            parts.Vae(file.Under("first_stage_model.")),
            parts.TypesFor(unet.MainType).Remark);
    }

    private static UNetConfig? Detect(StateDict unet) => UNetConfig.Detect(unet, HeadRule.FixedCount(Heads));
}
