namespace Farm.Testing;

/// <summary>What diffusers' conversion scripts call the tensors of the original project's files.</summary>
internal static class DiffusersNames
{
    private static readonly (string Ours, string Theirs)[] TinyBlocks =
    [
        ("input_blocks.0.0", "conv_in"),
        ("input_blocks.1.0", "down_blocks.0.resnets.0"), ("input_blocks.1.1", "down_blocks.0.attentions.0"), ("input_blocks.2.0.op", "down_blocks.0.downsamplers.0.conv"),
        ("input_blocks.3.0", "down_blocks.1.resnets.0"), ("input_blocks.3.1", "down_blocks.1.attentions.0"),
        ("middle_block.0", "mid_block.resnets.0"), ("middle_block.1", "mid_block.attentions.0"), ("middle_block.2", "mid_block.resnets.1"),
        ("output_blocks.0.0", "up_blocks.0.resnets.0"), ("output_blocks.0.1", "up_blocks.0.attentions.0"),
        ("output_blocks.1.0", "up_blocks.0.resnets.1"), ("output_blocks.1.1", "up_blocks.0.attentions.1"), ("output_blocks.1.2.conv", "up_blocks.0.upsamplers.0.conv"),
        ("output_blocks.2.0", "up_blocks.1.resnets.0"), ("output_blocks.2.1", "up_blocks.1.attentions.0"),
        ("output_blocks.3.0", "up_blocks.1.resnets.1"), ("output_blocks.3.1", "up_blocks.1.attentions.1"),
        ("time_embed.0", "time_embedding.linear_1"), ("time_embed.2", "time_embedding.linear_2"), ("out.0", "conv_norm_out"), ("out.2", "conv_out"),
    ];

    private static readonly (string Ours, string Theirs)[] ResidualLayers =
    [
        (".in_layers.0.", ".norm1."), (".in_layers.2.", ".conv1."), (".emb_layers.1.", ".time_emb_proj."), (".out_layers.0.", ".norm2."), (".out_layers.3.", ".conv2."), (".skip_connection.", ".conv_shortcut."),
    ];

    /// <summary>A tensor of the denoising network of <c>sd15-tiny</c>: two levels of one block, attention in both.</summary>
    public static string TinyUNet(string name)
    {
        var (ours, theirs) = Array.Find(TinyBlocks, block => name.StartsWith(block.Ours + ".", StringComparison.Ordinal));
        return ResidualLayers.Aggregate(theirs + name[ours.Length..], (renamed, layer) => renamed.Replace(layer.Ours, layer.Theirs, StringComparison.Ordinal));
    }

    /// <summary>A tensor of an autoencoder of four levels.</summary>
    public static string Vae(string name)
    {
        var theirs = name.Split('.') switch
        {
            ["encoder", "down", var level, "block", var i, .. var rest] => ["encoder", "down_blocks", level, "resnets", i, .. rest],
            ["encoder", "down", var level, "downsample", .. var rest] => ["encoder", "down_blocks", level, "downsamplers", "0", .. rest],
            ["decoder", "up", var level, "block", var i, .. var rest] => ["decoder", "up_blocks", FromTheOtherEnd(level), "resnets", i, .. rest],
            ["decoder", "up", var level, "upsample", .. var rest] => ["decoder", "up_blocks", FromTheOtherEnd(level), "upsamplers", "0", .. rest],
            [var half, "mid", "attn_1", "norm", var ending] => [half, "mid_block", "attentions", "0", "group_norm", ending],
            [var half, "mid", "attn_1", "proj_out", var ending] => [half, "mid_block", "attentions", "0", "to_out", "0", ending],
            [var half, "mid", "attn_1", var projection, var ending] => [half, "mid_block", "attentions", "0", "to_" + projection, ending],
            [var half, "mid", "block_1", .. var rest] => [half, "mid_block", "resnets", "0", .. rest],
            [var half, "mid", "block_2", .. var rest] => [half, "mid_block", "resnets", "1", .. rest],
            [var half, "norm_out", var ending] => new[] { half, "conv_norm_out", ending },
            var same => same,
        };
        return string.Join('.', theirs).Replace("nin_shortcut", "conv_shortcut", StringComparison.Ordinal);

        static string FromTheOtherEnd(string level) => $"{3 - (level[0] - '0')}";
    }
}
