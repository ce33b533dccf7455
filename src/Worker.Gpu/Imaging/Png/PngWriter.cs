using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Farm.Worker.Imaging.Png;

/// <summary>
/// Writes PNGs, still and animated, with the text chunks that ComfyUI's clients read workflows from. The codec library can do
/// neither text nor a chosen zlib level.
/// </summary>
internal sealed class PngWriter(Stream target)
{
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>Writes a whole still image.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="image">1, 3 or 4 channels.</param>
    /// <param name="level">zlib's level, 0 (stored) to 9.</param>
    /// <param name="texts">Keyword and text of each text chunk, in order.</param>
    public static void WriteStill(Stream target, PixelBuffer image, int level, IEnumerable<KeyValuePair<string, string>> texts)
    {
        var writer = new PngWriter(target);
        writer.Begin(image);
        foreach (var (keyword, text) in texts) writer.Text(keyword, text);
        writer.Chunk("IDAT"u8, Compress(image, level));
        writer.End();
    }

    /// <summary>Writes the signature and the header.</summary>
    public void Begin(PixelBuffer image)
    {
        var colour = image.Channels switch { 1 => PngColour.Grey, 3 => PngColour.Rgb, _ => PngColour.Rgba };
        Span<byte> header = stackalloc byte[PngHeader.Size];
        new PngHeader(image.Width, image.Height, 8, colour, Interlaced: false).Write(header);
        target.Write(Signature);
        Chunk("IHDR"u8, header);
    }

    /// <summary>Writes a text chunk: tEXt where Latin-1 holds the text, else iTXt (PNG third edition, 11.3.3).</summary>
    public void Text(string keyword, string text)
    {
        var latin = text.All(c => c <= 0xFF);
        byte[] separator = latin ? [0] : [0, 0, 0, 0, 0];
        var body = (latin ? Encoding.Latin1 : Encoding.UTF8).GetBytes(text);
        Chunk(latin ? "tEXt"u8 : "iTXt"u8, [.. Encoding.Latin1.GetBytes(keyword), .. separator, .. body]);
    }

    /// <summary>Writes one chunk: length, type, content, checksum.</summary>
    public void Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        var crc = new Crc32();
        crc.Append(type);
        crc.Append(content);
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        target.Write(number);
        target.Write(type);
        target.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, crc.GetCurrentHashAsUInt32());
        target.Write(number);
    }

    /// <summary>Writes the end mark.</summary>
    public void End() => Chunk("IEND"u8, []);

    /// <summary>An image's filtered and compressed rows: what IDAT and, after its number, fdAT hold.</summary>
    public static ReadOnlySpan<byte> Compress(PixelBuffer image, int level)
    {
        var compressed = new MemoryStream(image.Data.Length / 2 + 1024);
        using (var zlib = new ZLibStream(compressed, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
            WriteRows(zlib, image);
        return compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
    }

    private static void WriteRows(Stream zlib, PixelBuffer image)
    {
        byte[] row = new byte[image.Channels + image.Stride], above = new byte[image.Channels + image.Stride];
        var trials = new byte[PngFilters.Count][];
        for (var i = 0; i < trials.Length; i++) trials[i] = new byte[image.Stride];
        for (var y = 0; y < image.Height; y++)
        {
            image.Row(y).CopyTo(row.AsSpan(image.Channels));
            var filter = PngFilters.Choose(row, above, image.Channels, trials);
            zlib.WriteByte((byte)filter);
            zlib.Write(trials[filter]);
            (row, above) = (above, row);
        }
    }
}
