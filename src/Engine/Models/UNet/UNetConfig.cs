using Farm.Engine.Models.Layers;
using Farm.Engine.Weights;

namespace Farm.Engine.Models.UNet;

/// <summary>What a UNet's tensor shapes tell of it.</summary>
/// <param name="InChannels">Channels that enter: 4; 8 or 9 where an image or a mask joins the latent.</param>
/// <param name="OutChannels">Channels that leave.</param>
/// <param name="ModelChannels">Channels of the first level, also the width of the timestep's sinusoids.</param>
/// <param name="ContextWidth">Width of the text states: 768 (SD1), 1024 (SD2), 2048 (SDXL), 1280 (its refiner).</param>
/// <param name="VectorWidth">Width of the vector conditioning; null without.</param>
internal sealed record UNetConfig(long InChannels, long OutChannels, long ModelChannels, long ContextWidth, long? VectorWidth)
{
    /// <summary>How attention splits into heads, which shapes do not tell.</summary>
    public required HeadRule Heads { get; init; }

    /// <summary>Reads the shapes; null where the keys are not those of such a UNet.</summary>
    public static UNetConfig? Detect(StateDict unet, HeadRule heads)
    {
        if (!unet.TryFind("input_blocks.0.0.weight", out var input) || input.Shape.Count != 4) return null;
        if (!unet.TryFind("out.2.weight", out var output) || output.Shape.Count != 4) return null;
        var context = unet.Names.FirstOrDefault(name => name.EndsWith(".attn2.to_k.weight", StringComparison.Ordinal));
        if (context is null || !unet.TryFind(context, out var key) || key.Shape.Count != 2) return null;
        var vector = unet.TryFind("label_emb.0.0.weight", out var label) && label.Shape.Count == 2 ? label.Shape[1] : (long?)null;
        return new UNetConfig(input.Shape[1], output.Shape[0], input.Shape[0], key.Shape[1], vector) { Heads = heads };
    }
}
