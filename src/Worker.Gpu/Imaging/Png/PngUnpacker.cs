using System.Buffers.Binary;

namespace Farm.Worker.Imaging.Png;

/// <summary>Turns rows of stored samples into RGBA.</summary>
internal sealed class PngUnpacker
{
    private readonly byte[][] _palette;
    private readonly int[]? _key;

    /// <summary>Prepares for an image.</summary>
    /// <param name="header">The image's header.</param>
    /// <param name="palette">PLTE's content; empty where there is none. Indices beyond it are black.</param>
    /// <param name="transparency">tRNS's content; empty where there is none.</param>
    public PngUnpacker(PngHeader header, byte[] palette, byte[] transparency)
    {
        Header = header;
        _palette = new byte[256][];
        for (var i = 0; i < _palette.Length; i++)
        {
            var colour = 3 * i + 2 < palette.Length ? palette.AsSpan(3 * i, 3) : [0, 0, 0];
            var alpha = header.Colour == PngColour.Palette && i < transparency.Length ? transparency[i] : byte.MaxValue;
            _palette[i] = [colour[0], colour[1], colour[2], alpha];
        }
        if (header.Colour is PngColour.Grey or PngColour.Rgb && transparency.Length >= 2 * header.Samples)
            _key = [.. Enumerable.Range(0, header.Samples).Select(i => (int)BinaryPrimitives.ReadUInt16BigEndian(transparency.AsSpan(2 * i)))];
    }

    /// <summary>The image's header.</summary>
    public PngHeader Header { get; }

    /// <summary>Writes a row as RGBA.</summary>
    /// <param name="row">The stored samples.</param>
    /// <param name="width">Pixels of the row.</param>
    /// <param name="target">Where the first pixel goes.</param>
    /// <param name="step">Bytes between two pixels.</param>
    public void Unpack(ReadOnlySpan<byte> row, int width, Span<byte> target, int step)
    {
        for (int x = 0, at = 0; x < width; x++, at += step)
            UnpackPixel(row, x, target.Slice(at, 4));
    }

    private void UnpackPixel(ReadOnlySpan<byte> row, int x, Span<byte> pixel)
    {
        var wide = Header.Depth == 16 ? 2 : 1;
        var at = x * Header.Samples * wide;
        switch (Header.Colour)
        {
            case PngColour.Grey:
                var grey = GreyLevel(row, x, out var stored);
                pixel[0] = pixel[1] = pixel[2] = grey;
                pixel[3] = (byte)(_key is not null && _key[0] == stored ? 0 : 255);
                break;
            case PngColour.Palette:
                _palette[Sample(row, x)].CopyTo(pixel);
                break;
            case PngColour.GreyAlpha:
                pixel[0] = pixel[1] = pixel[2] = row[at];
                pixel[3] = row[at + wide];
                break;
            case PngColour.Rgb:
                (pixel[0], pixel[1], pixel[2]) = (row[at], row[at + wide], row[at + 2 * wide]);
                pixel[3] = (byte)(IsKey(row[at..]) ? 0 : 255);
                break;
            default:
                (pixel[0], pixel[1], pixel[2], pixel[3]) = (row[at], row[at + wide], row[at + 2 * wide], row[at + 3 * wide]);
                break;
        }
    }

    private byte GreyLevel(ReadOnlySpan<byte> row, int x, out int stored)
    {
        if (Header.Depth == 16)
        {
            stored = BinaryPrimitives.ReadUInt16BigEndian(row[(2 * x)..]);
            return (byte)Math.Min(stored, 255);
        }
        stored = Sample(row, x);
        return (byte)(stored * 255 / ((1 << Header.Depth) - 1));
    }

    private int Sample(ReadOnlySpan<byte> row, int x)
    {
        if (Header.Depth == 8) return row[x];
        var bit = x * Header.Depth;
        return (row[bit >> 3] >> (8 - Header.Depth - (bit & 7))) & ((1 << Header.Depth) - 1);
    }

    private bool IsKey(ReadOnlySpan<byte> sample)
    {
        if (_key is null) return false;
        for (var i = 0; i < 3; i++)
        {
            var value = Header.Depth == 16 ? BinaryPrimitives.ReadUInt16BigEndian(sample[(2 * i)..]) : sample[i];
            if (value != _key[i]) return false;
        }
        return true;
    }
}
