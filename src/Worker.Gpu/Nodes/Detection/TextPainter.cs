using Farm.Worker.Imaging;
using SkiaSharp;

namespace Farm.Worker.Nodes;

/// <summary>Writes short texts on images in the face that the machine has; without any face there is no text.</summary>
internal static class TextPainter
{
    private const float Size = 16;

    /// <summary>Draws a line of text with its upper left corner at a place.</summary>
    public static void Draw(PixelBuffer image, string text, long left, long top, ReadOnlySpan<byte> colour)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Gray8, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        using var font = new SKFont(SKTypeface.Default, Size);
        using var paint = new SKPaint { Color = SKColors.White, IsAntialias = true };
        canvas.Clear(SKColors.Black);
        canvas.DrawText(text, left, top - font.Metrics.Ascent, SKTextAlign.Left, font, paint);
        canvas.Flush();
        var coverage = bitmap.GetPixelSpan();
        for (var y = 0; y < image.Height; y++)
        {
            var row = image.Row(y);
            for (var x = 0; x < image.Width; x++)
            {
                int share = coverage[y * bitmap.RowBytes + x];
                for (var channel = 0; share > 0 && channel < image.Channels; channel++)
                {
                    ref var sample = ref row[x * image.Channels + channel];
                    sample = (byte)((sample * (255 - share) + colour[channel] * share) / 255);
                }
            }
        }
    }
}
