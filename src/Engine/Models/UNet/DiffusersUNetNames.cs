using Farm.Engine.Weights;

namespace Farm.Engine.Models.UNet;

/// <summary>The names that diffusers gives a UNet's tensors, read off the blocks that are there.</summary>
internal static class DiffusersUNetNames
{
    private static readonly (string Ours, string Theirs)[] Single =
    [
        ("time_embed.0.", "time_embedding.linear_1."), ("time_embed.2.", "time_embedding.linear_2."),
        ("label_emb.0.0.", "add_embedding.linear_1."), ("label_emb.0.2.", "add_embedding.linear_2."),
        ("input_blocks.0.0.", "conv_in."), ("out.0.", "conv_norm_out."), ("out.2.", "conv_out."),
    ];

    private static readonly (string Ours, string Theirs)[] Residual =
    [
        ("in_layers.0.", "norm1."), ("in_layers.2.", "conv1."), ("emb_layers.1.", "time_emb_proj."),
        ("out_layers.0.", "norm2."), ("out_layers.3.", "conv2."), ("skip_connection.", "conv_shortcut."),
    ];

    /// <summary>Our names with diffusers'; names that have none there are left out.</summary>
    public static IReadOnlyDictionary<string, string> Of(StateDict unet)
    {
        var prefixes = Single.Concat(Down(unet)).Concat(Middle()).Concat(Up(unet)).ToArray();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in unet.Names)
        {
            var match = Array.Find(prefixes, prefix => name.StartsWith(prefix.Ours, StringComparison.Ordinal));
            if (match.Ours is not null) names[name] = match.Theirs + name[match.Ours.Length..];
        }
        return names;
    }

    private static IEnumerable<(string Ours, string Theirs)> Down(StateDict unet)
    {
        for (int block = 1, level = 0, i = 0; unet.HasPrefix($"input_blocks.{block}."); block++)
        {
            var ours = $"input_blocks.{block}.";
            if (unet.Contains(ours + "0.op.weight"))
            {
                yield return (ours + "0.op.", $"down_blocks.{level++}.downsamplers.0.conv.");
                i = 0;
                continue;
            }
            foreach (var prefix in Resnet(ours + "0.", $"down_blocks.{level}.resnets.{i}.")) yield return prefix;
            yield return (ours + "1.", $"down_blocks.{level}.attentions.{i++}.");
        }
    }

    private static IEnumerable<(string Ours, string Theirs)> Middle() =>
        [.. Resnet("middle_block.0.", "mid_block.resnets.0."), ("middle_block.1.", "mid_block.attentions.0."), .. Resnet("middle_block.2.", "mid_block.resnets.1.")];

    private static IEnumerable<(string Ours, string Theirs)> Up(StateDict unet)
    {
        for (int block = 0, level = 0, i = 0; unet.HasPrefix($"output_blocks.{block}."); block++)
        {
            var ours = $"output_blocks.{block}.";
            var upsampler = unet.Contains(ours + "1.conv.weight") ? "1.conv." : unet.Contains(ours + "2.conv.weight") ? "2.conv." : null;
            foreach (var prefix in Resnet(ours + "0.", $"up_blocks.{level}.resnets.{i}.")) yield return prefix;
            if (upsampler is not null) yield return (ours + upsampler, $"up_blocks.{level}.upsamplers.0.conv.");
            if (upsampler != "1.conv.") yield return (ours + "1.", $"up_blocks.{level}.attentions.{i}.");
            (level, i) = upsampler is null ? (level, i + 1) : (level + 1, 0);
        }
    }

    private static IEnumerable<(string Ours, string Theirs)> Resnet(string ours, string theirs) => Residual.Select(pair => (ours + pair.Ours, theirs + pair.Theirs));
}
