namespace Farm.Engine.Generated;

/// <summary>The shape of the autoencoder of the Stable Diffusion families: 4 latent channels, 128 channels times 1, 2, 4, 4.</summary>
internal static class GeneratedVae
{
    private const int Latent = 4;
    private static readonly int[] Channels = [128, 256, 512, 512];

    /// <summary>Lists the tensors under a prefix, ordered by name.</summary>
    public static IEnumerable<GeneratedTensor> Tensors(string prefix)
    {
        var list = new TensorListing();
        Encoder(list, prefix + "encoder.");
        Decoder(list, prefix + "decoder.");
        list.Conv(prefix + "quant_conv", 2 * Latent, 2 * Latent, kernel: 1);
        list.Conv(prefix + "post_quant_conv", Latent, Latent, kernel: 1);
        return list.ByName;
    }

    private static void Encoder(TensorListing list, string prefix)
    {
        list.Conv(prefix + "conv_in", 3, Channels[0]);
        var channels = Channels[0];
        for (var level = 0; level < Channels.Length; level++)
        {
            channels = Level(list, $"{prefix}down.{level}.", blocks: 2, channels, Channels[level]);
            if (level < Channels.Length - 1) list.Conv($"{prefix}down.{level}.downsample.conv", channels, channels);
        }
        Middle(list, prefix, channels);
        list.Norm(prefix + "norm_out", channels);
        list.Conv(prefix + "conv_out", channels, 2 * Latent);
    }

    private static void Decoder(TensorListing list, string prefix)
    {
        var channels = Channels[^1];
        list.Conv(prefix + "conv_in", Latent, channels);
        Middle(list, prefix, channels);
        for (var level = Channels.Length - 1; level >= 0; level--)
        {
            channels = Level(list, $"{prefix}up.{level}.", blocks: 3, channels, Channels[level]);
            if (level > 0) list.Conv($"{prefix}up.{level}.upsample.conv", channels, channels);
        }
        list.Norm(prefix + "norm_out", channels);
        list.Conv(prefix + "conv_out", channels, 3);
    }

    private static int Level(TensorListing list, string prefix, int blocks, int input, int output)
    {
        for (var i = 0; i < blocks; i++) Residual(list, $"{prefix}block.{i}", i == 0 ? input : output, output);
        return output;
    }

    private static void Middle(TensorListing list, string prefix, int channels)
    {
        Residual(list, prefix + "mid.block_1", channels, channels);
        list.Norm(prefix + "mid.attn_1.norm", channels);
        foreach (var part in (string[])["q", "k", "v", "proj_out"]) list.Conv($"{prefix}mid.attn_1.{part}", channels, channels, kernel: 1);
        Residual(list, prefix + "mid.block_2", channels, channels);
    }

    private static void Residual(TensorListing list, string name, int input, int output)
    {
        list.Norm(name + ".norm1", input);
        list.Conv(name + ".conv1", input, output);
        list.Norm(name + ".norm2", output);
        list.Conv(name + ".conv2", output, output);
        if (input != output) list.Conv(name + ".nin_shortcut", input, output, kernel: 1);
    }
}
