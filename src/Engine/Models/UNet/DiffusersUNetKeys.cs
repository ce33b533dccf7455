using System.Text.RegularExpressions;
using Farm.Engine.Weights;

namespace Farm.Engine.Models.UNet;

/// <summary>The original project's names of a UNet's tensors that diffusers names (its <c>convert_original_stable_diffusion_to_diffusers</c>, Apache-2.0, read backwards).</summary>
internal sealed partial class DiffusersUNetKeys
{
    private static readonly Dictionary<string, string> Whole = new(StringComparer.Ordinal)
    {
        ["conv_in"] = "input_blocks.0.0", ["time_embedding.linear_1"] = "time_embed.0", ["time_embedding.linear_2"] = "time_embed.2",
        ["add_embedding.linear_1"] = "label_emb.0.0", ["add_embedding.linear_2"] = "label_emb.0.2",
        ["class_embedding.linear_1"] = "label_emb.0.0", ["class_embedding.linear_2"] = "label_emb.0.2",
        ["conv_norm_out"] = "out.0", ["conv_out"] = "out.2",
    };

    private static readonly Dictionary<string, string> Residual = new(StringComparer.Ordinal)
    {
        ["norm1"] = "in_layers.0", ["conv1"] = "in_layers.2", ["time_emb_proj"] = "emb_layers.1", ["norm2"] = "out_layers.0", ["conv2"] = "out_layers.3", ["conv_shortcut"] = "skip_connection",
    };

    private readonly StateDict _file;
    private readonly List<int> _downStarts = [1];
    private readonly List<int> _upStarts = [0];

    /// <summary>Reads off a file how many blocks its levels have.</summary>
    public DiffusersUNetKeys(StateDict file)
    {
        _file = file;
        for (var level = 0; file.HasPrefix($"down_blocks.{level}."); level++)
            _downStarts.Add(_downStarts[level] + Blocks($"down_blocks.{level}.") + (file.HasPrefix($"down_blocks.{level}.downsamplers.") ? 1 : 0));
        for (var level = 0; file.HasPrefix($"up_blocks.{level}."); level++)
            _upStarts.Add(_upStarts[level] + Blocks($"up_blocks.{level}."));
    }

    /// <summary>The view under the original names; null when the file is no UNet that diffusers names.</summary>
    public static StateDict? Normalise(StateDict file) =>
        file.Contains("conv_in.weight") && file.HasPrefix("down_blocks.0.resnets.0.") && file.HasPrefix("up_blocks.0.resnets.0.") ? file.Renamed("original", new DiffusersUNetKeys(file).Rename) : null;

    /// <summary>The original name of a tensor; null for one that has none.</summary>
    public string? Rename(string name)
    {
        var dot = name.LastIndexOf('.');
        if (dot < 0) return null;
        var (layer, ending) = (name[..dot], name[dot..]);
        if (Whole.TryGetValue(layer, out var whole)) return whole + ending;
        if (Middle().Match(layer) is { Success: true } middle)
        {
            var index = int.Parse(middle.Groups[2].ValueSpan, provider: null);
            return (middle.Groups[1].Value == "attentions" ? $"middle_block.1.{middle.Groups[3].Value}" : $"middle_block.{2 * index}.{Inner(middle.Groups[3].Value)}") + ending;
        }
        return Level().Match(layer) is { Success: true } match ? InLevel(match) + ending : null;
    }

    private string InLevel(Match match)
    {
        var (isDown, level) = (match.Groups[1].Value == "down", int.Parse(match.Groups[2].ValueSpan, provider: null));
        var (starts, blocks) = isDown ? (_downStarts, "input_blocks") : (_upStarts, "output_blocks");
        var block = starts[level] + int.Parse(match.Groups[4].ValueSpan, provider: null);
        return match.Groups[3].Value switch
        {
            "resnets" => $"{blocks}.{block}.0.{Inner(match.Groups[5].Value)}",
            "attentions" => $"{blocks}.{block}.1.{match.Groups[5].Value}",
            "downsamplers" => $"{blocks}.{starts[level + 1] - 1}.0.op",
            _ => $"{blocks}.{starts[level + 1] - 1}.{(_file.HasPrefix($"up_blocks.{level}.attentions.") ? 2 : 1)}.conv",
        };
    }

    private int Blocks(string level) => Enumerable.Range(0, int.MaxValue).TakeWhile(i => _file.HasPrefix($"{level}resnets.{i}.")).Count();

    private static string Inner(string layer) => Residual.GetValueOrDefault(layer, layer);

    [GeneratedRegex(@"^(?<g1>down|up)_blocks\.(?<g2>\d{1,3})\.(?<g3>resnets|attentions|downsamplers|upsamplers)\.(?<g4>\d{1,3})\.(?<g5>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Level();

    [GeneratedRegex(@"^mid_block\.(?<g1>resnets|attentions)\.(?<g2>\d{1,3})\.(?<g3>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Middle();
}
