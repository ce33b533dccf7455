using System.Buffers.Binary;

namespace Farm.Worker.Imaging.Png;

/// <summary>A PNG's IHDR chunk (PNG third edition, 11.2.1).</summary>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Depth">Bits a sample.</param>
/// <param name="Colour">Colour type.</param>
/// <param name="Interlaced">Whether the seven passes of Adam7 are used.</param>
internal readonly record struct PngHeader(int Width, int Height, int Depth, PngColour Colour, bool Interlaced)
{
    /// <summary>The chunk's length.</summary>
    public const int Size = 13;

    /// <summary>Samples a pixel as stored.</summary>
    public int Samples => Colour switch { PngColour.Rgb => 3, PngColour.GreyAlpha => 2, PngColour.Rgba => 4, _ => 1 };

    /// <summary>Bytes between a sample and the one to its left that filters look at.</summary>
    public int FilterDistance => Math.Max(1, Samples * Depth / 8);

    /// <summary>Bytes of a row of <paramref name="width"/> pixels, without its filter byte.</summary>
    public int RowBytes(int width) => checked((int)(((long)width * Samples * Depth + 7) / 8));

    /// <summary>Reads the chunk's content; null when it breaks the format's rules.</summary>
    public static PngHeader? TryRead(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length != Size) return null;
        var header = new PngHeader(
            BinaryPrimitives.ReadInt32BigEndian(chunk), BinaryPrimitives.ReadInt32BigEndian(chunk[4..]),
            chunk[8], (PngColour)chunk[9], chunk[12] == 1);
        var depths = header.Colour switch
        {
            PngColour.Grey => new[] { 1, 2, 4, 8, 16 },
            PngColour.Palette => [1, 2, 4, 8],
            PngColour.Rgb or PngColour.GreyAlpha or PngColour.Rgba => [8, 16],
            _ => [],
        };
        var valid = header is { Width: > 0, Height: > 0 } && depths.Contains(header.Depth) && chunk[10] == 0 && chunk[11] == 0 && chunk[12] <= 1;
        return valid ? header : null;
    }

    /// <summary>Writes the chunk's content.</summary>
    public void Write(Span<byte> chunk)
    {
        BinaryPrimitives.WriteInt32BigEndian(chunk, Width);
        BinaryPrimitives.WriteInt32BigEndian(chunk[4..], Height);
        chunk[8] = (byte)Depth;
        chunk[9] = (byte)Colour;
        chunk[10] = chunk[11] = 0;
        chunk[12] = (byte)(Interlaced ? 1 : 0);
    }
}

/// <summary>PNG's colour types.</summary>
internal enum PngColour
{
    /// <summary>Grey.</summary>
    Grey = 0,

    /// <summary>Red, green, blue.</summary>
    Rgb = 2,

    /// <summary>Indices into a palette.</summary>
    Palette = 3,

    /// <summary>Grey and alpha.</summary>
    GreyAlpha = 4,

    /// <summary>Red, green, blue, alpha.</summary>
    Rgba = 6,
}
