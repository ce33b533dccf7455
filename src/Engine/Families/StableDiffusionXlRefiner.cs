using Farm.Engine.Models.Clip;
using Farm.Engine.Models.Layers;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Weights;

namespace Farm.Engine.Families;

/// <summary>SDXL's refiner in one file: text 1280 wide from OpenCLIP bigG alone, an aesthetic score in the vector.</summary>
internal sealed class StableDiffusionXlRefiner : IModelFamily
{
    private const int TextWidth = 1280;
    private const int VectorWidth = 2560;

    public string Name => "SDXL refiner";

    public bool Matches(StateDict file) => Detect(file.Under(ModelKeys.UNet)) is { ContextWidth: TextWidth, InChannels: 4, VectorWidth: VectorWidth };

    public LoadedCheckpoint Build(StateDict file, PartBuilder parts)
    {
        var unet = file.Under(ModelKeys.UNet);
        var clip = parts.Clip("g", file.Under("conditioner.embedders.0.model."), ClipActivation.Gelu, padding: 0);
        return new LoadedCheckpoint(
            Name,
            parts.UNet(unet, Detect(unet)!, SamplingMarks.Discrete(file), LatentFormats.SDXL, new ConditioningRules(SizeVector.Refiner)),
            clip is null ? null : clip with { HiddenFromEnd = 2, NormHidden = false },
            parts.Vae(file.Under(ModelKeys.Vae)),
            parts.TypesFor(unet.MainType).Remark);
    }

    private static UNetConfig? Detect(StateDict unet) => UNetConfig.Detect(unet, HeadRule.FixedWidth(ModelKeys.HeadWidth));
}
