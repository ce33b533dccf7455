using SkiaSharp;

namespace Farm.Worker.Imaging;

/// <summary>Writes JPEG and WebP through the codec library.</summary>
internal static class ImageEncoder
{
    /// <summary>A JPEG; alpha is dropped.</summary>
    /// <param name="image">1, 3 or 4 channels.</param>
    /// <param name="quality">1 to 100.</param>
    public static byte[] Jpeg(PixelBuffer image, int quality) =>
        Encode(image, pixels => pixels.Encode(new SKJpegEncoderOptions(quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore)));

    /// <summary>A still WebP.</summary>
    /// <param name="image">1, 3 or 4 channels.</param>
    /// <param name="lossless">Exact pixels; quality is then the effort.</param>
    /// <param name="quality">0 to 100.</param>
    public static byte[] Webp(PixelBuffer image, bool lossless, float quality) =>
        Encode(image, pixels => pixels.Encode(new SKWebpEncoderOptions(lossless ? SKWebpEncoderCompression.Lossless : SKWebpEncoderCompression.Lossy, quality)));

    private static byte[] Encode(PixelBuffer image, Func<SKPixmap, SKData?> encode)
    {
        var alpha = image.Channels == 4 ? SKAlphaType.Unpremul : SKAlphaType.Opaque;
        using var bitmap = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, alpha));
        CopyAsRgba(image, bitmap.GetPixelSpan());
        using var pixels = bitmap.PeekPixels();
        using var data = encode(pixels) ?? throw new InvalidOperationException($"The codec refuses an image of {image.Width}x{image.Height}.");
        return data.ToArray();
    }

    private static void CopyAsRgba(PixelBuffer image, Span<byte> target)
    {
        var (green, blue) = image.Channels == 1 ? (0, 0) : (1, 2);
        for (int i = 0, at = 0; i < target.Length; i += 4, at += image.Channels)
        {
            target[i] = image.Data[at];
            target[i + 1] = image.Data[at + green];
            target[i + 2] = image.Data[at + blue];
            target[i + 3] = image.Channels == 4 ? image.Data[at + 3] : byte.MaxValue;
        }
    }
}
