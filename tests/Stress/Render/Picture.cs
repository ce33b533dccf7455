using SkiaSharp;

namespace Farm.Stress.Render;

/// <summary>Looks at a picture.</summary>
internal static class Picture
{
    /// <summary>Its pixels, four bytes each; null when the file is broken, ends early, or the picture has another size.</summary>
    public static byte[]? Pixels(byte[] file, int width, int height)
    {
        using var codec = SKCodec.Create(new MemoryStream(file));
        if (codec is null || codec.Info.Width != width || codec.Info.Height != height)
            return null;
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var pixels = new byte[info.BytesSize];
        unsafe
        {
            fixed (byte* start = pixels)
                return codec.GetPixels(info, (nint)start) == SKCodecResult.Success ? pixels : null;
        }
    }
}
