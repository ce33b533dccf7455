using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Farm.Worker.Imaging.Png;
using Xunit;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Compares the chunks of PNG and WebP files with recorded facts about them; compressed bytes are left out.</summary>
internal static class ChunkAssert
{
    /// <summary>Asserts type, content and text of every chunk that was recorded; image data may come in any number of chunks.</summary>
    public static void Equal(JsonArray expected, byte[] file)
    {
        var actual = Read(file).ToList();
        Assert.Equal(expected.Select(chunk => (string?)chunk!["t"]), actual.Select(chunk => chunk.Type));
        foreach (var (fact, chunk) in expected.Zip(actual))
        {
            if ((string?)fact!["hex"] is { } hex) Assert.Equal(hex, Convert.ToHexStringLower(chunk.Content));
            if ((string?)fact["header_hex"] is { } header) Assert.Equal(header, Convert.ToHexStringLower(chunk.Content.AsSpan(0, header.Length / 2)));
            if ((string?)fact["sub"] is { } inner) Assert.Equal(inner, Encoding.ASCII.GetString(chunk.Content, 16, 4));
            if ((string?)fact["text"] is { } text) Assert.Equal(text, Encoding.Latin1.GetString(chunk.Content));
        }
    }

    /// <summary>The frames of an animated PNG as files of their own; any other file as it is.</summary>
    public static IEnumerable<byte[]> Frames(byte[] file)
    {
        if (!PngReader.IsPng(file) || Read(file).All(chunk => chunk.Type != "fdAT")) return [file];
        var chunks = Read(file).ToList();
        return chunks.Where(chunk => chunk.Type is "IDAT" or "fdAT").Select(image =>
        {
            var still = new MemoryStream();
            still.Write(file.AsSpan(0, 8));
            var writer = new PngWriter(still);
            writer.Chunk("IHDR"u8, chunks[0].Content);
            writer.Chunk("IDAT"u8, image.Type == "fdAT" ? image.Content.AsSpan(4) : image.Content);
            writer.End();
            return still.ToArray();
        });
    }

    /// <summary>The chunks of a file.</summary>
    public static IEnumerable<(string Type, byte[] Content)> Read(byte[] file) => PngReader.IsPng(file) ? ReadPng(file) : ReadRiff(file);

    private static IEnumerable<(string Type, byte[] Content)> ReadPng(byte[] file)
    {
        for (var at = 8; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            yield return (Encoding.ASCII.GetString(file, at + 4, 4), file[(at + 8)..(at + 8 + length)]);
            at += 12 + length;
        }
    }

    private static IEnumerable<(string Type, byte[] Content)> ReadRiff(byte[] file)
    {
        Assert.Equal(file.Length - 8, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4)));
        for (var at = 12; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            yield return (Encoding.ASCII.GetString(file, at, 4), file[(at + 8)..(at + 8 + length)]);
            at += 8 + length + length % 2;
        }
    }
}
