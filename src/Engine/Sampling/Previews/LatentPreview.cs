using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>A small picture of an unfinished latent.</summary>
/// <param name="Rgb">Width × height × 3 bytes, row by row.</param>
/// <param name="Width">Pixels, one for each latent cell.</param>
/// <param name="Height">Pixels, one for each latent cell.</param>
public sealed record LatentPreview(byte[] Rgb, int Width, int Height)
{
    /// <summary>The first latent of a batch through the format's colour matrix ("latent2rgb").</summary>
    /// <param name="x0">Network latents [B, C, h, w] as a step reports them.</param>
    /// <param name="format">The latent space.</param>
    public static LatentPreview Create(Tensor x0, LatentFormat format)
    {
        using var scope = NewDisposeScope();
        var factors = tensor(format.RgbFactors.SelectMany(row => row).ToArray()).reshape(format.RgbFactors.Length, 3);
        var cells = x0[0].to(ScalarType.Float32).cpu().permute(1, 2, 0);
        var colours = nn.functional.linear(cells, factors.t().contiguous(), tensor(format.RgbBias));
        var bytes = ((colours + 1) / 2).clamp(0, 1).mul(255).to(ScalarType.Byte).contiguous();
        return new LatentPreview([.. bytes.data<byte>()], (int)cells.shape[1], (int)cells.shape[0]);
    }
}
