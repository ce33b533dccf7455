using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Farm.Worker.Imaging;

/// <summary>EXIF's orientation: how a stored image is turned and mirrored to stand upright (Exif 3.0, tag 0x0112, values 1 to 8).</summary>
internal static class Orientation
{
    /// <summary>As stored.</summary>
    public const int Upright = 1;

    private const ushort Tag = 0x0112;

    /// <summary>The orientation that a TIFF structure (the content of a PNG's eXIf chunk) names; upright when it names none.</summary>
    public static int FromExif(ReadOnlySpan<byte> exif)
    {
        if (exif.Length < 8 || !(exif is [(byte)'M', (byte)'M', ..] or [(byte)'I', (byte)'I', ..])) return Upright;
        var big = exif[0] == 'M';
        var directory = Read32(exif[4..], big);
        if (directory > exif.Length - 2) return Upright;
        var entries = exif[(int)directory..];
        var count = Read16(entries, big);
        for (var i = 0; i < count && 2 + 12 * (i + 1) <= entries.Length; i++)
        {
            var entry = entries.Slice(2 + 12 * i, 12);
            if (Read16(entry, big) == Tag && Read16(entry[8..], big) is >= 1 and <= 8 and var value) return value;
        }
        return Upright;
    }

    /// <summary>Turns an RGBA image upright.</summary>
    public static PixelBuffer Apply(PixelBuffer image, int orientation)
    {
        if (orientation == Upright) return image;
        int w = image.Width, h = image.Height;
        var swapsSides = orientation >= 5;
        var turned = swapsSides ? new PixelBuffer(h, w, 4) : new PixelBuffer(w, h, 4);
        var from = MemoryMarshal.Cast<byte, uint>(image.Data.AsSpan());
        var to = MemoryMarshal.Cast<byte, uint>(turned.Data.AsSpan());
        for (int y = 0, i = 0; y < turned.Height; y++)
            for (var x = 0; x < turned.Width; x++, i++)
                to[i] = from[Source(x, y, w, h, orientation)];
        return turned;
    }

    private static int Source(int x, int y, int w, int h, int orientation) => orientation switch
    {
        2 => y * w + (w - 1 - x),
        3 => (h - 1 - y) * w + (w - 1 - x),
        4 => (h - 1 - y) * w + x,
        5 => x * w + y,
        6 => (h - 1 - x) * w + y,
        7 => (h - 1 - x) * w + (w - 1 - y),
        _ => x * w + (w - 1 - y),
    };

    private static ushort Read16(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint Read32(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
