using System.Text.RegularExpressions;
using Farm.Engine.Weights;

namespace Farm.Engine.Models.Vae;

/// <summary>The original project's names of an autoencoder's tensors that diffusers names (its <c>convert_ldm_vae_checkpoint</c>, Apache-2.0, read backwards).</summary>
internal static partial class DiffusersVaeKeys
{
    private static readonly Dictionary<string, string> Attention = new(StringComparer.Ordinal)
    {
        ["group_norm"] = "norm", ["to_q"] = "q", ["to_k"] = "k", ["to_v"] = "v", ["to_out.0"] = "proj_out",
        // Names of before diffusers 0.14.
        ["query"] = "q", ["key"] = "k", ["value"] = "v", ["proj_attn"] = "proj_out",
    };

    /// <summary>The view under the original names; null when the file is no autoencoder that diffusers names.</summary>
    public static StateDict? Normalise(StateDict file)
    {
        if (!file.HasPrefix("decoder.up_blocks.0.resnets.0.")) return null;
        var levels = Enumerable.Range(0, int.MaxValue).TakeWhile(level => file.HasPrefix($"decoder.up_blocks.{level}.")).Count();
        return file.Renamed("original", name => Rename(name, levels));
    }

    private static string? Rename(string name, int levels)
    {
        var dot = name.LastIndexOf('.');
        if (dot < 0) return null;
        var (layer, ending) = (name[..dot], name[dot..]);
        if (layer is "quant_conv" or "post_quant_conv" or "encoder.conv_in" or "encoder.conv_out" or "decoder.conv_in" or "decoder.conv_out") return name;
        if (layer is "encoder.conv_norm_out" or "decoder.conv_norm_out") return layer.Replace("conv_norm_out", "norm_out", StringComparison.Ordinal) + ending;
        if (Middle().Match(layer) is { Success: true } middle)
        {
            return middle.Groups[2].Value == "attentions"
                ? $"{middle.Groups[1].Value}.mid.attn_1.{Attention.GetValueOrDefault(middle.Groups[4].Value, middle.Groups[4].Value)}{ending}"
                : $"{middle.Groups[1].Value}.mid.block_{int.Parse(middle.Groups[3].ValueSpan, provider: null) + 1}.{middle.Groups[4].Value}{ending}";
        }
        if (Level().Match(layer) is not { Success: true } match) return null;
        var index = int.Parse(match.Groups[2].ValueSpan, provider: null);
        var level = match.Groups[1].Value == "encoder.down" ? $"encoder.down.{index}" : $"decoder.up.{levels - 1 - index}";
        return match.Groups[3].Value switch
        {
            "resnets" => $"{level}.block.{match.Groups[4].Value}.{match.Groups[5].Value.Replace("conv_shortcut", "nin_shortcut", StringComparison.Ordinal)}{ending}",
            "downsamplers" => $"{level}.downsample.conv{ending}",
            _ => $"{level}.upsample.conv{ending}",
        };
    }

    [GeneratedRegex(@"^(?<g1>encoder\.down|decoder\.up)_blocks\.(?<g2>\d{1,3})\.(?<g3>resnets|downsamplers|upsamplers)\.(?<g4>\d{1,3})\.(?<g5>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Level();

    [GeneratedRegex(@"^(?<g1>encoder|decoder)\.mid_block\.(?<g2>resnets|attentions)\.(?<g3>\d{1,3})\.(?<g4>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Middle();
}
