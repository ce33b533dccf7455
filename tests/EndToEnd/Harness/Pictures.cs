using SkiaSharp;
using Xunit;

namespace Farm.EndToEnd.Harness;

/// <summary>Looks at pictures.</summary>
public static class Pictures
{
    /// <summary>The RGB values of a whole picture; fails when its bytes end early or are broken.</summary>
    public static (int Width, int Height, byte[] Rgb) Decode(byte[] png)
    {
        using var codec = SKCodec.Create(new MemoryStream(png)) ?? throw new InvalidDataException("This is no picture.");
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var pixels = new byte[info.BytesSize];
        unsafe
        {
            fixed (byte* start = pixels)
                Assert.Equal(SKCodecResult.Success, codec.GetPixels(info, (nint)start));
        }
        return (info.Width, info.Height, [.. pixels.Where((_, i) => i % 4 != 3)]);
    }

    /// <summary>Holds that two pictures have one size and at least 99.5 % of their channel values within 1 of 255.</summary>
    public static void AssertAlike(byte[] expected, byte[] actual)
    {
        var (e, a) = (Decode(expected), Decode(actual));
        Assert.Equal((e.Width, e.Height), (a.Width, a.Height));
        var near = e.Rgb.Zip(a.Rgb).Count(pair => Math.Abs(pair.First - pair.Second) <= 1);
        Assert.True(near >= 0.995 * e.Rgb.Length, $"{100.0 * near / e.Rgb.Length:F3} % of the channel values are within 1 of 255.");
    }
}
