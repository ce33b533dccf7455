using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Farm.Worker.Imaging.Png;

/// <summary>
/// Reads still PNGs of every colour type and depth, exactly: 16-bit colour keeps its high byte; 16-bit grey is cut at 255, as
/// ComfyUI's image library does; palettes and colour keys give alpha; EXIF turns the image.
/// </summary>
internal static class PngReader
{
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>Whether a file begins as a PNG.</summary>
    public static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <summary>Decodes a PNG, or throws <see cref="ImageException"/>.</summary>
    public static DecodedImage Read(byte[] file, string name, long pixelLimit)
    {
        var chunks = ReadChunks(file, name);
        var header = chunks.Header;
        var pixels = (long)header.Width * header.Height;
        if (pixels > pixelLimit) throw ImageException.TooLarge(name, pixels, pixelLimit);

        var image = new PixelBuffer(header.Width, header.Height, 4);
        var unpacker = new PngUnpacker(header, chunks.Palette, chunks.Transparency);
        try
        {
            using var data = new ZLibStream(new MemoryStream(chunks.Data.ToArray()), CompressionMode.Decompress);
            if (!header.Interlaced)
                ReadPass(data, unpacker, image, PngPass.Whole, name);
            else
                foreach (var pass in PngPass.Adam7) ReadPass(data, unpacker, image, pass, name);
        }
        catch (InvalidDataException)
        {
            throw ImageException.Broken(name);
        }
        catch (EndOfStreamException)
        {
            throw ImageException.Truncated(name);
        }
        var alpha = header.Colour is PngColour.GreyAlpha or PngColour.Rgba ? AlphaSource.Channel
            : chunks.Transparency.Length == 0 ? AlphaSource.None
            : header.Colour == PngColour.Palette ? AlphaSource.Channel : AlphaSource.ColourKey;
        return new DecodedImage([Orientation.Apply(image, Orientation.FromExif(chunks.Exif))], alpha);
    }

    private static void ReadPass(Stream data, PngUnpacker unpacker, PixelBuffer image, PngPass pass, string name)
    {
        var header = unpacker.Header;
        int width = pass.Columns(image.Width), rows = pass.Rows(image.Height);
        if (width == 0 || rows == 0) return;
        var rowBytes = header.RowBytes(width);
        byte[] row = new byte[rowBytes], above = new byte[rowBytes];
        for (var y = 0; y < rows; y++)
        {
            var filter = data.ReadByte();
            if (filter < 0) throw new EndOfStreamException();
            data.ReadExactly(row);
            if (!PngFilters.Undo(filter, row, above, header.FilterDistance)) throw ImageException.Broken(name);
            unpacker.Unpack(row, width, image.Row(pass.Y + y * pass.StepY)[(pass.X * 4)..], pass.StepX * 4);
            (row, above) = (above, row);
        }
    }

    private static Chunks ReadChunks(byte[] file, string name)
    {
        PngHeader? header = null;
        byte[] palette = [], transparency = [], exif = [];
        var data = new MemoryStream();
        for (var at = Signature.Length; ;)
        {
            if (file.Length - at < 12) throw header is null ? ImageException.Unidentified(name) : ImageException.Truncated(name);
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12) throw header is null ? ImageException.Unidentified(name) : ImageException.Truncated(name);
            var content = file.AsSpan(at + 8, (int)length);
            var type = file.AsSpan(at + 4, 4);
            if (BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + (int)length)) != Crc32.HashToUInt32(file.AsSpan(at + 4, 4 + (int)length)))
                throw header is null ? ImageException.Unidentified(name) : ImageException.Broken(name);
            at += 12 + (int)length;

            if (header is null && !type.SequenceEqual("IHDR"u8)) throw ImageException.Unidentified(name);
            if (type.SequenceEqual("IHDR"u8)) header = PngHeader.TryRead(content) ?? throw ImageException.Unidentified(name);
            else if (type.SequenceEqual("PLTE"u8)) palette = content.ToArray();
            else if (type.SequenceEqual("tRNS"u8)) transparency = content.ToArray();
            else if (type.SequenceEqual("eXIf"u8)) exif = content.ToArray();
            else if (type.SequenceEqual("IDAT"u8)) data.Write(content);
            else if (type.SequenceEqual("IEND"u8)) break;
        }
        return new Chunks(header ?? throw ImageException.Unidentified(name), palette, transparency, exif, data);
    }

    private sealed record Chunks(PngHeader Header, byte[] Palette, byte[] Transparency, byte[] Exif, MemoryStream Data);
}

/// <summary>One pass over an image: every <paramref name="StepX"/>-th pixel of every <paramref name="StepY"/>-th row (PNG third edition, 8).</summary>
/// <param name="X">First column.</param>
/// <param name="Y">First row.</param>
/// <param name="StepX">Columns between two pixels.</param>
/// <param name="StepY">Rows between two rows.</param>
internal readonly record struct PngPass(int X, int Y, int StepX, int StepY)
{
    /// <summary>The only pass of an image that is not interlaced.</summary>
    public static PngPass Whole { get; } = new(0, 0, 1, 1);

    /// <summary>The seven passes of interlaced images.</summary>
    public static PngPass[] Adam7 { get; } =
        [new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4), new(1, 0, 2, 2), new(0, 1, 1, 2)];

    /// <summary>Pixels a row of the pass.</summary>
    public int Columns(int width) => (width - X + StepX - 1) / StepX;

    /// <summary>Rows of the pass.</summary>
    public int Rows(int height) => (height - Y + StepY - 1) / StepY;
}
