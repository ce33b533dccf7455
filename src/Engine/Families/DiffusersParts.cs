using Farm.Engine.Models.UNet;
using Farm.Engine.Models.Vae;
using Farm.Engine.Weights;

namespace Farm.Engine.Families;

/// <summary>The files of a model that diffusers keeps in a folder, a file a part.</summary>
/// <param name="Name">The folder's name, for reports.</param>
/// <param name="UNet">The denoising network's file.</param>
public sealed record DiffusersParts(string Name, string UNet)
{
    /// <summary>The autoencoder's file; null without.</summary>
    public string? Vae { get; init; }

    /// <summary>The text encoder's file; null without.</summary>
    public string? TextEncoder { get; init; }

    /// <summary>SDXL's second text encoder's file; null without.</summary>
    public string? TextEncoder2 { get; init; }

    /// <summary>One view of all files under the names that a single-file checkpoint has.</summary>
    /// <param name="open">Opens a file.</param>
    /// <exception cref="WeightsFormatException">A part is not named as diffusers names it; the message says which.</exception>
    internal StateDict Join(Func<string, StateDict> open)
    {
        var unet = open(UNet);
        var named = DiffusersUNetKeys.Normalise(unet) ?? throw new WeightsFormatException($"unet: its tensors are not named as diffusers names a UNet's; the file has {FileSummary.Of(unet)}");
        var all = Under(named, ModelKeys.UNet);
        if (Vae is not null)
        {
            var vae = open(Vae);
            all = all.With(Under(DiffusersVaeKeys.Normalise(vae) ?? throw new WeightsFormatException($"vae: its tensors are not named as diffusers names an autoencoder's; the file has {FileSummary.Of(vae)}"), ModelKeys.Vae));
        }
        foreach (var (text, prefix) in TextPrefixes(named))
            if (text is not null) all = all.With(Under(open(text), prefix));
        return all;
    }

    /// <summary>Where single files hold the encoders, by the width of the text that the network takes.</summary>
    private IEnumerable<(string? File, string Prefix)> TextPrefixes(StateDict unet)
    {
        var width = unet.Names.FirstOrDefault(name => name.EndsWith(".attn2.to_k.weight", StringComparison.Ordinal)) is { } key && unet.TryFind(key, out var info) ? info.Shape[^1] : 0;
        return width switch
        {
            2048 => [(TextEncoder, "conditioner.embedders.0.transformer."), (TextEncoder2, "conditioner.embedders.1.model.")],
            1280 => [(TextEncoder2, "conditioner.embedders.0.model.")],
            1024 => [(TextEncoder, "cond_stage_model.model.")],
            _ => [(TextEncoder, "cond_stage_model.transformer.")],
        };
    }

    private static StateDict Under(StateDict part, string prefix) => part.Renamed("under " + prefix, name => prefix + name);
}
