namespace Farm.Worker.Imaging.Quantization;

/// <summary>Ways of painting an image of three channels with the colours of a palette.</summary>
internal static class Dithering
{
    /// <summary>Each pixel in the nearest colour.</summary>
    public static PixelBuffer Plain(PixelBuffer image, Palette palette)
    {
        var result = new PixelBuffer(image.Width, image.Height, 3);
        for (var at = 0; at < image.Data.Length; at += 3)
            (result.Data[at], result.Data[at + 1], result.Data[at + 2]) = palette.Nearest(image.Data[at], image.Data[at + 1], image.Data[at + 2]);
        return result;
    }

    /// <summary>Ordered dithering (Bayer, 1973) with a pattern of <paramref name="side"/> by side thresholds, a power of two.</summary>
    public static PixelBuffer Ordered(PixelBuffer image, Palette palette, int side)
    {
        var pattern = BayerPattern(side);
        var spread = 512.0 / palette.Count;
        var shifted = new PixelBuffer(image.Width, image.Height, 3);
        for (var y = 0; y < image.Height; y++)
        {
            Span<byte> from = image.Row(y), to = shifted.Row(y);
            for (var x = 0; x < from.Length; x++)
                to[x] = (byte)Math.Clamp(from[x] + spread * pattern[y % side, x / 3 % side] + 0.5, 0, 255);
        }
        return Plain(shifted, palette);
    }

    /// <summary>
    /// Error diffusion (Floyd and Steinberg, 1976), every row from the left, in Pillow's integers: errors count in sixteenths, and what
    /// crosses a row's end comes from the last blue error alone.
    /// </summary>
    public static PixelBuffer FloydSteinberg(PixelBuffer image, Palette palette)
    {
        var result = new PixelBuffer(image.Width, image.Height, 3);
        var below = new int[(image.Width + 1) * 3];
        int[] right = new int[3], first = new int[3], second = new int[3], value = new int[3];
        for (var y = 0; y < image.Height; y++)
        {
            Array.Clear(right);
            Array.Clear(first);
            Array.Clear(second);
            Span<byte> from = image.Row(y), to = result.Row(y);
            for (var at = 0; at < from.Length; at += 3)
            {
                for (var c = 0; c < 3; c++) value[c] = Math.Clamp(from[at + c] + (right[c] + below[at + 3 + c]) / 16, 0, 255);
                (to[at], to[at + 1], to[at + 2]) = palette.Nearest(value[0], value[1], value[2]);
                for (var c = 0; c < 3; c++)
                {
                    var error = value[c] - to[at + c];
                    right[c] = 7 * error;
                    below[at + c] = 3 * error + first[c];
                    first[c] = 5 * error + second[c];
                    second[c] = error;
                }
            }
            var end = from.Length;
            (below[end], below[end + 1], below[end + 2]) = (first[2], second[2], second[2]);
        }
        return result;
    }

    /// <summary>Thresholds around zero: each level puts four shifted copies of the one before side by side.</summary>
    private static double[,] BayerPattern(int side)
    {
        var pattern = new double[1, 1];
        for (var half = 1; half < side; half *= 2)
        {
            double levels = 4.0 * half * half;
            var next = new double[2 * half, 2 * half];
            for (var y = 0; y < half; y++)
            {
                for (var x = 0; x < half; x++)
                {
                    next[y, x] = pattern[y, x] - 1.5 / levels;
                    next[y, x + half] = pattern[y, x] + 0.5 / levels;
                    next[y + half, x] = pattern[y, x] + 1.5 / levels;
                    next[y + half, x + half] = pattern[y, x] - 0.5 / levels;
                }
            }
            pattern = next;
        }
        return pattern;
    }
}
