using Farm.Engine.Tests.Fixtures;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Models;

/// <summary>An autoencoder of two levels with random weights, 32 channels wide, without the convolutions between moments and latent.</summary>
internal static class SmallVae
{
    public const int Downscale = 2;

    private const long Width = 32;

    public static MemorySource Of(Generator random, long latentChannels)
    {
        var file = new MemorySource();
        Conv(file, random, "encoder.conv_in", Width, 3);
        Conv(file, random, "encoder.down.0.downsample.conv", Width, Width);
        Conv(file, random, "decoder.conv_in", Width, latentChannels);
        Conv(file, random, "decoder.up.1.upsample.conv", Width, Width);
        foreach (var (half, levels) in ((string, string)[])[("encoder", "down"), ("decoder", "up")])
        {
            for (var level = 0; level < 2; level++) Residual(file, random, $"{half}.{levels}.{level}.block.0");
            Residual(file, random, half + ".mid.block_1");
            Residual(file, random, half + ".mid.block_2");
            file.Norm(half + ".mid.attn_1.norm", Width);
            foreach (var part in (string[])["q", "k", "v", "proj_out"]) Conv(file, random, $"{half}.mid.attn_1.{part}", Width, Width, kernel: 1);
            file.Norm(half + ".norm_out", Width);
        }
        Conv(file, random, "encoder.conv_out", 2 * latentChannels, Width);
        Conv(file, random, "decoder.conv_out", 3, Width);
        return file;
    }

    /// <summary>A 1×1 convolution that changes nothing.</summary>
    public static MemorySource AddIdentity(this MemorySource file, string name, long channels) =>
        file.Add(name + ".weight", eye(channels).reshape(channels, channels, 1, 1)).Add(name + ".bias", zeros(channels));

    private static void Residual(MemorySource file, Generator random, string name)
    {
        file.Norm(name + ".norm1", Width).Norm(name + ".norm2", Width);
        Conv(file, random, name + ".conv1", Width, Width);
        Conv(file, random, name + ".conv2", Width, Width);
    }

    private static void Conv(MemorySource file, Generator random, string name, long outputs, long inputs, int kernel = 3) =>
        file.Add(name + ".weight", randn([outputs, inputs, kernel, kernel], generator: random) / Math.Sqrt(inputs * kernel * kernel)).Add(name + ".bias", zeros(outputs));
}
