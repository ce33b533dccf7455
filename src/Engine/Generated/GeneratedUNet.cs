namespace Farm.Engine.Generated;

/// <summary>The shape of a UNet of the Stable Diffusion families, as few numbers as describe it.</summary>
/// <param name="Multipliers">Channels of each level, as multiples of <paramref name="Base"/>.</param>
/// <param name="Blocks">Residual blocks a level on the way down (one more on the way up).</param>
/// <param name="Depth">Transformer blocks in each attention of a level; 0 for none.</param>
/// <param name="MiddleDepth">The same for the middle block.</param>
/// <param name="Context">Width of the text encoding.</param>
/// <param name="Input">Latent channels that enter.</param>
/// <param name="Vector">Width of the vector that joins the time embedding (SDXL's sizes and pooled text); 0 for none.</param>
/// <param name="LinearProjection">Projections around attention are linear layers (SD2, SDXL) instead of 1×1 convolutions.</param>
/// <param name="Base">Channels of the first level.</param>
internal sealed record GeneratedUNet(
    int[] Multipliers, int Blocks, int[] Depth, int MiddleDepth, int Context,
    int Input = 4, int Vector = 0, bool LinearProjection = false, int Base = 320)
{
    private int Time => 4 * Base;

    /// <summary>Lists the tensors under a prefix, ordered by name.</summary>
    public IEnumerable<GeneratedTensor> Tensors(string prefix)
    {
        var list = new TensorListing();
        Head(list, prefix);
        var skips = Down(list, prefix);
        Middle(list, prefix + "middle_block.", Base * Multipliers[^1]);
        Up(list, prefix, skips);
        list.Norm(prefix + "out.0", Base);
        list.Conv(prefix + "out.2", Base, 4, gain: 0.6);
        return list.ByName;
    }

    private void Head(TensorListing list, string prefix)
    {
        list.Linear(prefix + "time_embed.0", Base, Time);
        list.Linear(prefix + "time_embed.2", Time, Time);
        if (Vector > 0)
        {
            list.Linear(prefix + "label_emb.0.0", Vector, Time);
            list.Linear(prefix + "label_emb.0.2", Time, Time);
        }
        list.Conv(prefix + "input_blocks.0.0", Input, Base);
    }

    private Stack<int> Down(TensorListing list, string prefix)
    {
        var skips = new Stack<int>([Base]);
        int block = 1, channels = Base;
        for (var level = 0; level < Multipliers.Length; level++)
        {
            for (var i = 0; i < Blocks; i++, block++)
            {
                Residual(list, $"{prefix}input_blocks.{block}.0", channels, Base * Multipliers[level]);
                channels = Base * Multipliers[level];
                Transformer(list, $"{prefix}input_blocks.{block}.1", channels, Depth[level]);
                skips.Push(channels);
            }
            if (level == Multipliers.Length - 1) break;
            list.Conv($"{prefix}input_blocks.{block++}.0.op", channels, channels);
            skips.Push(channels);
        }
        return skips;
    }

    private void Middle(TensorListing list, string prefix, int channels)
    {
        Residual(list, prefix + "0", channels, channels);
        Transformer(list, prefix + "1", channels, MiddleDepth);
        Residual(list, prefix + "2", channels, channels);
    }

    private void Up(TensorListing list, string prefix, Stack<int> skips)
    {
        int block = 0, channels = Base * Multipliers[^1];
        for (var level = Multipliers.Length - 1; level >= 0; level--)
        {
            for (var i = 0; i <= Blocks; i++, block++)
            {
                Residual(list, $"{prefix}output_blocks.{block}.0", channels + skips.Pop(), Base * Multipliers[level]);
                channels = Base * Multipliers[level];
                Transformer(list, $"{prefix}output_blocks.{block}.1", channels, Depth[level]);
                if (level > 0 && i == Blocks) list.Conv($"{prefix}output_blocks.{block}.{(Depth[level] > 0 ? 2 : 1)}.conv", channels, channels);
            }
        }
    }

    private void Residual(TensorListing list, string name, int input, int output)
    {
        list.Norm(name + ".in_layers.0", input);
        list.Conv(name + ".in_layers.2", input, output);
        list.Linear(name + ".emb_layers.1", Time, output);
        list.Norm(name + ".out_layers.0", output);
        list.Conv(name + ".out_layers.3", output, output);
        if (input != output) list.Conv(name + ".skip_connection", input, output, kernel: 1);
    }

    private void Transformer(TensorListing list, string name, int channels, int depth)
    {
        if (depth == 0) return;
        list.Norm(name + ".norm", channels);
        Projection(list, name + ".proj_in", channels);
        for (var d = 0; d < depth; d++)
        {
            var block = $"{name}.transformer_blocks.{d}.";
            Attention(list, block + "attn1", channels, channels);
            Attention(list, block + "attn2", channels, Context);
            list.Linear(block + "ff.net.0.proj", channels, 8 * channels);
            list.Linear(block + "ff.net.2", 4 * channels, channels);
            for (var n = 1; n <= 3; n++) list.Norm($"{block}norm{n}", channels);
        }
        Projection(list, name + ".proj_out", channels);
    }

    private void Projection(TensorListing list, string name, int channels)
    {
        if (LinearProjection) list.Linear(name, channels, channels);
        else list.Conv(name, channels, channels, kernel: 1);
    }

    private static void Attention(TensorListing list, string name, int channels, int context)
    {
        list.Linear(name + ".to_q", channels, channels, bias: false);
        list.Linear(name + ".to_k", context, channels, bias: false);
        list.Linear(name + ".to_v", context, channels, bias: false);
        list.Linear(name + ".to_out.0", channels, channels);
    }
}
