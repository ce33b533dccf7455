using Farm.Worker.Imaging.Png;
using SkiaSharp;

namespace Farm.Worker.Imaging;

/// <summary>
/// Reads image files. PNG is read by <see cref="PngReader"/>, since 16-bit samples and EXIF in PNG come out of the codec library
/// rounded or not at all; everything else (JPEG, WebP, GIF, BMP, ICO) by the codec library, without colour management and
/// without multiplying alpha in.
/// </summary>
internal static class ImageDecoder
{
    /// <summary>Pixels an image may have, over all its frames: the limit at which Pillow refuses a file.</summary>
    public const long DefaultPixelLimit = 178_956_970;

    /// <summary>Decodes a file, or throws <see cref="ImageException"/> that names it.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">The file's name for messages.</param>
    /// <param name="pixelLimit">The largest number of pixels to unpack.</param>
    public static DecodedImage Decode(byte[] file, string name, long pixelLimit = DefaultPixelLimit) =>
        PngReader.IsPng(file) ? PngReader.Read(file, name, pixelLimit) : DecodeByLibrary(file, name, pixelLimit);

    private static DecodedImage DecodeByLibrary(byte[] file, string name, long pixelLimit)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data) ?? throw ImageException.Unidentified(name);
        var frames = Math.Max(1, codec.FrameCount);
        var pixels = (long)codec.Info.Width * codec.Info.Height;
        if (pixels * frames > pixelLimit) throw ImageException.TooLarge(name, pixels * frames, pixelLimit);

        var decoded = new PixelBuffer[frames];
        for (var i = 0; i < frames; i++)
            decoded[i] = Orientation.Apply(DecodeFrame(codec, i, name), (int)codec.EncodedOrigin);
        var hasAlpha = codec.Info.AlphaType != SKAlphaType.Opaque;
        return new DecodedImage(decoded, hasAlpha ? AlphaSource.Channel : AlphaSource.None);
    }

    private static unsafe PixelBuffer DecodeFrame(SKCodec codec, int index, string name)
    {
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, colorspace: null);
        var image = new PixelBuffer(info.Width, info.Height, 4);
        fixed (byte* target = image.Data)
        {
            var result = codec.GetPixels(info, (nint)target, info.RowBytes, new SKCodecOptions(index));
            return result switch
            {
                SKCodecResult.Success => image,
                SKCodecResult.IncompleteInput => throw ImageException.Truncated(name),
                _ => throw ImageException.Broken(name),
            };
        }
    }
}
