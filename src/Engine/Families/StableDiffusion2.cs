using Farm.Engine.Models.Clip;
using Farm.Engine.Models.Layers;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Families;

/// <summary>
/// Stable Diffusion 2.x in one file: heads 64 wide over text 1024 wide, OpenCLIP ViT-H whose last layer but one is normed. Whether it was
/// trained on velocities no key says; the deviation of one bias does, as ComfyUI guesses it. With a vector conditioning it is unCLIP, which draws
/// what images show.
/// </summary>
internal sealed class StableDiffusion2 : IModelFamily
{
    private const int TextWidth = 1024;
    private const int TextLayers = 24;
    private const string TellingBias = "output_blocks.11.1.transformer_blocks.0.norm1.bias";
    private const long UnClipH = 2048;
    private const long UnClipL = 1536;
    private const double VelocityDeviation = 0.09;

    public string Name => "SD2.x";

    public bool Matches(StateDict file) => Detect(file.Under(ModelKeys.UNet)) is { ContextWidth: TextWidth, InChannels: 4 or 8 or 9, VectorWidth: null or UnClipH or UnClipL };

    public LoadedCheckpoint Build(StateDict file, PartBuilder parts)
    {
        var unet = file.Under(ModelKeys.UNet);
        var config = Detect(unet)!;
        var rules = new ConditioningRules(config.VectorWidth is { } width ? ImageVector(file, width) : null, ConditioningRules.ConcatFor(config.InChannels, ModelKeys.LatentChannels));
        return new LoadedCheckpoint(
            Name,
            parts.UNet(unet, config, SamplingMarks.Discrete(file, config.InChannels == ModelKeys.LatentChannels ? Guess(unet) : Prediction.Eps), LatentFormats.SD15, rules),
            Clip(file, parts),
            parts.Vae(file.Under(ModelKeys.Vae)),
            parts.TypesFor(unet.MainType).Remark);
    }

    /// <summary>The images' vector, by the statistics that the checkpoint was trained with; zeros without an image.</summary>
    private static Func<VectorSources, Tensor?> ImageVector(StateDict file, long width)
    {
        return sources => sources.Images.Count == 0 ? zeros(1, width) : Prompts().Vector(sources.Images, sources.Seed);

        ImagePrompts Prompts() => new(Statistic("mean"), Statistic("std"));

        Tensor? Statistic(string name) => file.Contains($"noise_augmentor.data_{name}") ? file.Open($"noise_augmentor.data_{name}").to(ScalarType.Float32).reshape(1, -1) : null;
    }

    /// <summary>Some files leave the layer out whose output nobody reads.</summary>
    private static Text.ITextEncoder? Clip(StateDict file, PartBuilder parts)
    {
        var clip = parts.Clip("h", file.Under("cond_stage_model.model."), ClipActivation.Gelu, padding: 0);
        return clip is null ? null : clip with { HiddenFromEnd = HiddenFromEnd(clip) };
    }

    /// <summary>The layer that is wanted, by how many there are.</summary>
    internal static int HiddenFromEnd(Text.ClipTextEncoder clip) => clip.Part.Stored.HasPrefix($"encoder.layers.{TextLayers - 1}.") ? 2 : 1;

    private static Prediction Guess(StateDict unet)
    {
        if (!unet.Contains(TellingBias)) return Prediction.Eps;
        using var scope = NewDisposeScope();
        return unet.Open(TellingBias).to(ScalarType.Float32).std().item<float>() > VelocityDeviation ? Prediction.V : Prediction.Eps;
    }

    private static UNetConfig? Detect(StateDict unet) => UNetConfig.Detect(unet, HeadRule.FixedWidth(ModelKeys.HeadWidth));
}
