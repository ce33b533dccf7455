using System.Text.RegularExpressions;
using Farm.Engine.Models.UNet;
using Farm.Engine.Weights;

namespace Farm.Engine.Models.Control;

/// <summary>A control network's tensors under the original project's names, whichever layout the file has.</summary>
internal static partial class ControlNetKeys
{
    private const string Original = "control_model.";
    private const string Marker = "controlnet_cond_embedding.conv_in.weight";

    private static readonly Dictionary<string, string> Whole = new(StringComparer.Ordinal)
    {
        ["controlnet_cond_embedding.conv_in"] = "input_hint_block.0", ["controlnet_cond_embedding.conv_out"] = "input_hint_block.14", ["controlnet_mid_block"] = "middle_block_out.0",
    };

    /// <summary>The view; null when the file is no control network of this kind.</summary>
    public static StateDict? Normalise(StateDict file)
    {
        if (file.HasPrefix(Original)) file = file.Under(Original);
        if (file.Contains(Marker)) return FromDiffusers(file);
        return file.Contains("input_hint_block.0.weight") && file.Contains("zero_convs.0.0.weight") ? file : null;
    }

    private static StateDict FromDiffusers(StateDict file)
    {
        var unet = new DiffusersUNetKeys(file);
        return file.Renamed("original", name => Rename(name) ?? unet.Rename(name));
    }

    /// <summary>What a control network has beside the halves of a UNet.</summary>
    private static string? Rename(string name)
    {
        if (UnionControl.Owns(name)) return name;
        var dot = name.LastIndexOf('.');
        if (dot < 0) return null;
        var (layer, ending) = (name[..dot], name[dot..]);
        if (Whole.TryGetValue(layer, out var whole)) return whole + ending;
        if (Numbered().Match(layer) is { Success: true } hint) return $"input_hint_block.{2 * int.Parse(hint.Groups[1].ValueSpan, provider: null) + 2}{ending}";
        return Zero().Match(layer) is { Success: true } zero ? $"zero_convs.{zero.Groups[1].Value}.0{ending}" : null;
    }

    [GeneratedRegex(@"^controlnet_cond_embedding\.blocks\.(?<g1>\d+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^controlnet_down_blocks\.(?<g1>\d+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Zero();
}
