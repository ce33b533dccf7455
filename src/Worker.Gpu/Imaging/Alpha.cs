namespace Farm.Worker.Imaging;

/// <summary>Multiplies alpha into RGBA colours and takes it out again, in 8-bit arithmetic.</summary>
internal static class Alpha
{
    /// <summary>Colours times alpha, rounded.</summary>
    public static PixelBuffer Multiply(PixelBuffer image) => Map(image, static (colour, alpha) =>
    {
        var product = colour * alpha + 128;
        return ((product >> 8) + product) >> 8;
    });

    /// <summary>Colours divided by alpha, cut at 255; opaque and fully transparent ones stay as they are.</summary>
    public static PixelBuffer Divide(PixelBuffer image) =>
        Map(image, static (colour, alpha) => alpha is 0 or 255 ? colour : Math.Min(255 * colour / alpha, 255));

    private static PixelBuffer Map(PixelBuffer image, Func<int, int, int> change)
    {
        var result = new PixelBuffer(image.Width, image.Height, 4);
        for (var i = 0; i < image.Data.Length; i += 4)
        {
            var alpha = image.Data[i + 3];
            for (var channel = 0; channel < 3; channel++) result.Data[i + channel] = (byte)change(image.Data[i + channel], alpha);
            result.Data[i + 3] = alpha;
        }
        return result;
    }
}
