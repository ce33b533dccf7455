using Farm.Gateway.Http;
using Microsoft.Extensions.Options;
using SkiaSharp;

namespace Farm.Gateway.View;

/// <summary>Reads images with their exact colours under transparent pixels and writes what viewers ask for.</summary>
internal sealed class ImageConverter(IOptions<GatewayOptions> options)
{
    /// <summary>Decodes an image to 8-bit RGBA, alpha not multiplied in. Refuses what is no image or too big.</summary>
    public SKBitmap Decode(Stream content, string name)
    {
        // The codec owns its stream; the content stays the caller's.
        using var codec = SKCodec.Create(new SKManagedStream(content, disposeManagedStream: false));
        if (codec is null)
            throw NotAnImage(name);
        var size = codec.Info;
        if ((long)size.Width * size.Height > options.Value.MaxImagePixels)
            throw new RequestRefusedException("image_too_big", "The image is too big", $"{name}: {size.Width}x{size.Height} is more than {options.Value.MaxImagePixels} pixels");
        var bitmap = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, HasAlpha(size) ? SKAlphaType.Unpremul : SKAlphaType.Opaque));
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) is SKCodecResult.Success)
            return bitmap;
        bitmap.Dispose();
        throw NotAnImage(name);
    }

    /// <summary>The colours alone, as an RGB PNG.</summary>
    public static byte[] Colours(SKBitmap image)
    {
        using var opaque = new SKPixmap(image.Info.WithAlphaType(SKAlphaType.Opaque), image.GetPixels());
        return Png(opaque);
    }

    /// <summary>The alpha channel alone, as a black RGBA PNG.</summary>
    public static byte[] Alpha(SKBitmap image)
    {
        var pixels = image.GetPixelSpan();
        for (var i = 0; i < pixels.Length; i += 4)
            pixels[i..(i + 3)].Clear();
        return Transparent(image);
    }

    /// <summary>Gives an image the alpha of another of the same size.</summary>
    public static void CopyAlpha(SKBitmap from, SKBitmap to)
    {
        var source = from.GetPixelSpan();
        var target = to.GetPixelSpan();
        for (var i = 3; i < target.Length; i += 4)
            target[i] = source[i];
    }

    /// <summary>An RGBA PNG of the image as it is.</summary>
    public static byte[] Transparent(SKBitmap image)
    {
        using var straight = new SKPixmap(image.Info.WithAlphaType(SKAlphaType.Unpremul), image.GetPixels());
        return Png(straight);
    }

    /// <summary>A smaller file to look at.</summary>
    /// <param name="image">The image.</param>
    /// <param name="jpeg">JPEG, without alpha; else WebP.</param>
    /// <param name="quality">0 to 100.</param>
    public static byte[] Preview(SKBitmap image, bool jpeg, int quality)
    {
        using var pixels = jpeg ? new SKPixmap(image.Info.WithAlphaType(SKAlphaType.Opaque), image.GetPixels()) : image.PeekPixels();
        using var encoded = jpeg
            ? pixels.Encode(new SKJpegEncoderOptions(quality))
            : pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossy, quality));
        return encoded?.ToArray() ?? throw NotEncoded();
    }

    private static byte[] Png(SKPixmap pixels)
    {
        using var encoded = pixels.Encode(SKPngEncoderOptions.Default);
        return encoded?.ToArray() ?? throw NotEncoded();
    }

    private static bool HasAlpha(SKImageInfo info) => info.AlphaType is not SKAlphaType.Opaque;

    private static RequestRefusedException NotEncoded() => new("invalid_image", "The image cannot be written in the wanted format");

    private static RequestRefusedException NotAnImage(string name) => new("invalid_image", "The file is not an image that can be read", name);
}
