using Farm.Engine.Sampling;

namespace Farm.Engine.Models.Vae;

/// <summary>The approximations of autoencoders that go by a name: two files <c>name_encoder</c> and <c>name_decoder</c> in <c>vae_approx</c>.</summary>
public static class TinyAutoencoders
{
    private static readonly Dictionary<string, LatentFormat> Known = new(StringComparer.Ordinal)
    {
        ["taesd"] = LatentFormats.SD15, ["taesdxl"] = LatentFormats.SDXL, ["taesd3"] = LatentFormats.SD3, ["taef1"] = LatentFormats.Flux,
    };

    /// <summary>The names.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>The latent space that a name's files are for; null for an unknown name.</summary>
    public static LatentFormat? FormatOf(string name) => Known.GetValueOrDefault(name);

    /// <summary>The name for a latent space; null where there is none.</summary>
    public static string? NameFor(LatentFormat format) => Known.FirstOrDefault(pair => pair.Value.Name == format.Name).Key;
}
