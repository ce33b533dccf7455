using Farm.Engine.Tests.Fixtures;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Models.Upscalers;

/// <summary>Small upscalers with random weights under the names and shapes that the published networks have.</summary>
internal static class SmallUpscalers
{
    public const long Width = 16, Heads = 2, Window = 4;

    private const long Inner = 2 * Width, Features = 8;

    /// <summary>One group of two blocks, twice the size.</summary>
    public static MemorySource SwinIR(Generator random)
    {
        var file = Frame(random).Norm("patch_embed.norm", Width);
        for (var i = 0; i < 2; i++) Swin(file, random, $"layers.0.residual_group.blocks.{i}.");
        return Conv(file, random, "layers.0.conv", Width, Width);
    }

    /// <summary>A SwinIR with HAT's convolutions and overlapping block added.</summary>
    public static MemorySource Hat(Generator random, long around = 6)
    {
        var file = SwinIR(random);
        for (var i = 0; i < 2; i++)
        {
            var cab = $"layers.0.residual_group.blocks.{i}.conv_block.cab.";
            Conv(file, random, cab + "0", 5, Width);
            Conv(file, random, cab + "2", Width, 5);
            Conv(file, random, cab + "3.attention.1", 2, Width, kernel: 1);
            Conv(file, random, cab + "3.attention.3", Width, 2, kernel: 1);
        }
        var overlap = "layers.0.residual_group.overlap_attn.";
        var side = Window + around - 1;
        file.Norm(overlap + "norm1", Width).Norm(overlap + "norm2", Width).Add(overlap + "relative_position_bias_table", random, side * side, Heads);
        return file.Linear(overlap + "qkv", random, 3 * Width, Width).Linear(overlap + "proj", random, Width, Width)
            .Linear(overlap + "mlp.fc1", random, Inner, Width).Linear(overlap + "mlp.fc2", random, Width, Inner);
    }

    /// <summary>Two groups of four blocks, windows of 2×4 and 4×2, twice the size.</summary>
    public static MemorySource Dat(Generator random)
    {
        var file = Frame(random).Norm("before_RG.1", Width);
        for (var group = 0; group < 2; group++)
        {
            for (var block = 0; block < 4; block++) DatBlock(file, random, $"layers.{group}.blocks.{block}.", block % 2 == 0);
            Conv(file, random, $"layers.{group}.conv", Width, Width);
        }
        return file;
    }

    private static MemorySource Frame(Generator random)
    {
        var file = new MemorySource().Norm("norm", Width);
        Conv(file, random, "conv_first", Width, 3);
        Conv(file, random, "conv_after_body", Width, Width);
        Conv(file, random, "conv_before_upsample.0", Features, Width);
        Conv(file, random, "upsample.0", 4 * Features, Features);
        return Conv(file, random, "conv_last", 3, Features);
    }

    private static void Swin(MemorySource file, Generator random, string block) => file
        .Norm(block + "norm1", Width).Norm(block + "norm2", Width)
        .Add(block + "attn.relative_position_bias_table", random, (2 * Window - 1) * (2 * Window - 1), Heads)
        .Linear(block + "attn.qkv", random, 3 * Width, Width).Linear(block + "attn.proj", random, Width, Width)
        .Linear(block + "mlp.fc1", random, Inner, Width).Linear(block + "mlp.fc2", random, Width, Inner);

    private static void DatBlock(MemorySource file, Generator random, string block, bool isSpatial)
    {
        var attn = block + "attn.";
        file.Norm(block + "norm1", Width).Norm(block + "norm2", Width).Linear(attn + "qkv", random, 3 * Width, Width).Linear(attn + "proj", random, Width, Width);
        file.Linear(block + "ffn.fc1", random, Inner, Width).Norm(block + "ffn.sg.norm", Inner / 2).Linear(block + "ffn.fc2", random, Width, Inner / 2);
        Conv(file, random, block + "ffn.sg.conv", Inner / 2, 1);
        Batch(Conv(file, random, attn + "dwconv.0", Width, 1), attn + "dwconv.1", Width);
        Batch(Conv(file, random, attn + "channel_interaction.1", 2, Width, kernel: 1), attn + "channel_interaction.2", 2);
        Conv(file, random, attn + "channel_interaction.4", Width, 2, kernel: 1);
        Batch(Conv(file, random, attn + "spatial_interaction.0", 1, Width, kernel: 1), attn + "spatial_interaction.1", 1);
        Conv(file, random, attn + "spatial_interaction.3", 1, 1, kernel: 1);
        if (!isSpatial) file.Add(attn + "temperature", ones(Heads, 1, 1));
        else for (var i = 0; i < 2; i++) Branch(file, random, $"{attn}attns.{i}.", i == 0 ? (2, 4) : (4, 2));
    }

    private static void Branch(MemorySource file, Generator random, string name, (long Height, long Width) window)
    {
        var (rows, columns) = (arange(1 - window.Height, window.Height), arange(1 - window.Width, window.Width));
        file.Add(name + "rpe_biases", stack([rows.repeat_interleave(columns.shape[0]), columns.repeat(rows.shape[0])], 1).to(ScalarType.Float32));
        file.Linear(name + "pos.pos_proj", random, 2, 2);
        for (var i = 1; i <= 3; i++) file.Norm($"{name}pos.pos{i}.0", 2).Linear($"{name}pos.pos{i}.2", random, i == 3 ? Heads / 2 : 2, 2);
    }

    private static void Batch(MemorySource file, string name, long width) =>
        file.Norm(name, width).Add(name + ".running_mean", full([width], 0.1f)).Add(name + ".running_var", full([width], 2f));

    private static MemorySource Conv(MemorySource file, Generator random, string name, long outputs, long inputs, long kernel = 3) =>
        file.Add(name + ".weight", random, outputs, inputs, kernel, kernel).Add(name + ".bias", random, outputs);
}
