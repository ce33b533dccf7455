using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Weights;

namespace Farm.Engine.Adapters;

/// <summary>What trainers call a network's layers in adapter files. Where two stems name one weight, the later in this order counts.</summary>
internal static class AdapterStems
{
    /// <summary>What the denoising network is called among parts.</summary>
    public const string UNetName = "unet";

    private const string Weight = ".weight";

    /// <summary>Stems with the weight that each names.</summary>
    public static IEnumerable<(string Stem, string Target)> For(NetworkPartView part, bool soleEncoder) =>
        part.Name == UNetName ? UNet(part.Stored) : Clip(part, soleEncoder);

    private static IEnumerable<(string Stem, string Target)> UNet(StateDict unet)
    {
        foreach (var target in unet.Names.Where(IsWeight))
        {
            var layer = target[..^Weight.Length];
            yield return ("lora_unet_" + Underscored(layer), target);
            yield return ("diffusion_model." + layer, target);
        }
        foreach (var (target, name) in DiffusersUNetNames.Of(unet).Where(pair => IsWeight(pair.Key)))
        {
            var layer = name[..^Weight.Length];
            yield return ("lora_unet_" + Underscored(layer), target);
            yield return ("lycoris_" + Underscored(layer), target);
            foreach (var prefix in (string[])["", "unet."])
            {
                var processor = prefix + layer.Replace(".to_", ".processor.to_", StringComparison.Ordinal);
                yield return (processor.EndsWith(".to_out.0", StringComparison.Ordinal) ? processor[..^2] : processor, target);
            }
        }
    }

    private static IEnumerable<(string Stem, string Target)> Clip(NetworkPartView part, bool soleEncoder)
    {
        foreach (var target in part.Stored.Names.Where(IsWeight))
        {
            var layer = target[..^Weight.Length];
            var inner = layer == "text_projection" ? layer : "text_model." + layer;
            yield return ($"text_encoders.clip_{part.Name}.transformer.{inner}", target);
            if (!layer.StartsWith("encoder.layers.", StringComparison.Ordinal) && inner != layer) continue;
            foreach (var (underscored, dotted) in Prefixes(part.Name, soleEncoder))
            {
                yield return (underscored + Underscored(inner), target);
                yield return (dotted + inner, target);
            }
        }
    }

    private static IEnumerable<(string Underscored, string Dotted)> Prefixes(string encoder, bool soleEncoder)
    {
        if (encoder != "g" || soleEncoder) yield return ("lora_te_", "text_encoder.");
        if (encoder != "g") yield return ("lora_te1_", "text_encoder.");
        else yield return ("lora_te2_", "text_encoder_2.");
    }

    private static bool IsWeight(string name) => name.EndsWith(Weight, StringComparison.Ordinal);

    private static string Underscored(string name) => name.Replace('.', '_');
}
