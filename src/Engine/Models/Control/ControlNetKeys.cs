using System.Text.RegularExpressions;
using Farm.Engine.Weights;

namespace Farm.Engine.Models.Control;

/// <summary>A control network's tensors under the original project's names, whichever layout the file has.</summary>
internal static partial class ControlNetKeys
{
    private const string Original = "control_model.";
    private const string Marker = "controlnet_cond_embedding.conv_in.weight";

    private static readonly Dictionary<string, string> Whole = new(StringComparer.Ordinal)
    {
        ["conv_in"] = "input_blocks.0.0", ["time_embedding.linear_1"] = "time_embed.0", ["time_embedding.linear_2"] = "time_embed.2",
        ["add_embedding.linear_1"] = "label_emb.0.0", ["add_embedding.linear_2"] = "label_emb.0.2",
        ["controlnet_cond_embedding.conv_in"] = "input_hint_block.0", ["controlnet_cond_embedding.conv_out"] = "input_hint_block.14", ["controlnet_mid_block"] = "middle_block_out.0",
    };

    private static readonly Dictionary<string, string> Residual = new(StringComparer.Ordinal)
    {
        ["norm1"] = "in_layers.0", ["conv1"] = "in_layers.2", ["time_emb_proj"] = "emb_layers.1", ["norm2"] = "out_layers.0", ["conv2"] = "out_layers.3", ["conv_shortcut"] = "skip_connection",
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
        var starts = new List<int> { 1 };
        for (var level = 0; file.HasPrefix($"down_blocks.{level}."); level++)
        {
            var blocks = Enumerable.Range(0, int.MaxValue).TakeWhile(i => file.HasPrefix($"down_blocks.{level}.resnets.{i}.")).Count();
            starts.Add(starts[level] + blocks + (file.HasPrefix($"down_blocks.{level}.downsamplers.") ? 1 : 0));
        }
        return file.Renamed("original", name => Rename(name, starts));
    }

    private static string? Rename(string name, IReadOnlyList<int> starts)
    {
        if (UnionControl.Owns(name)) return name;
        var dot = name.LastIndexOf('.');
        if (dot < 0) return null;
        var (layer, ending) = (name[..dot], name[dot..]);
        if (Whole.TryGetValue(layer, out var whole)) return whole + ending;
        if (Numbered().Match(layer) is { Success: true } hint) return $"input_hint_block.{2 * int.Parse(hint.Groups[1].ValueSpan, provider: null) + 2}{ending}";
        if (Zero().Match(layer) is { Success: true } zero) return $"zero_convs.{zero.Groups[1].Value}.0{ending}";
        if (Down().Match(layer) is { Success: true } down)
        {
            var level = int.Parse(down.Groups[1].ValueSpan, provider: null);
            var block = starts[level] + int.Parse(down.Groups[3].ValueSpan, provider: null);
            return down.Groups[2].Value switch
            {
                "resnets" => $"input_blocks.{block}.0.{Residual.GetValueOrDefault(down.Groups[4].Value, down.Groups[4].Value)}{ending}",
                "attentions" => $"input_blocks.{block}.1.{down.Groups[4].Value}{ending}",
                _ => $"input_blocks.{starts[level + 1] - 1}.0.op{ending}",
            };
        }
        if (Middle().Match(layer) is not { Success: true } middle) return null;
        var index = int.Parse(middle.Groups[2].ValueSpan, provider: null);
        return middle.Groups[1].Value == "attentions"
            ? $"middle_block.1.{middle.Groups[3].Value}{ending}"
            : $"middle_block.{2 * index}.{Residual.GetValueOrDefault(middle.Groups[3].Value, middle.Groups[3].Value)}{ending}";
    }

    [GeneratedRegex(@"^controlnet_cond_embedding\.blocks\.(?<g1>\d+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^controlnet_down_blocks\.(?<g1>\d+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Zero();

    [GeneratedRegex(@"^down_blocks\.(?<g1>\d+)\.(?<g2>resnets|attentions|downsamplers)\.(?<g3>\d+)\.(?<g4>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Down();

    [GeneratedRegex(@"^mid_block\.(?<g1>resnets|attentions)\.(?<g2>\d+)\.(?<g3>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Middle();
}
