using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Imaging;
using Farm.Worker.Imaging.Png;
using Xunit;

namespace Farm.Worker.Gpu.Tests.Imaging;

public class PngTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 1)]
    [InlineData(3, 4)]
    [InlineData(4, 9)]
    public void Write_AnyChannelsAndLevel_ReadsBackExactly(int channels, int level)
    {
        var image = Gradient(67, 41, channels);

        var decoded = ImageDecoder.Decode(Write(image, level), "a.png").Frames[0];

        for (var i = 0; i < image.Width * image.Height; i++)
        {
            for (var c = 0; c < Math.Min(channels, 3); c++) Assert.Equal(image.Data[i * channels + c], decoded.Data[i * 4 + c]);
            Assert.Equal(channels == 4 ? image.Data[i * 4 + 3] : 255, decoded.Data[i * 4 + 3]);
        }
    }

    [Fact]
    public void Write_LatinText_IsTextChunkAfterHeader()
    {
        var file = Write(Gradient(4, 4, 3), 4, new KeyValuePair<string, string>("prompt", "{\"a\": \"\u00e9\"}"));

        var (type, content) = Chunks(file)[1];
        Assert.Equal("tEXt", type);
        Assert.Equal("prompt\0{\"a\": \"\u00e9\"}", Encoding.Latin1.GetString(content));
    }

    [Fact]
    public void Write_TextBeyondLatin_IsInternationalTextChunk()
    {
        var file = Write(Gradient(4, 4, 3), 4, new KeyValuePair<string, string>("note", "\u65e5\u672c"));

        var (type, content) = Chunks(file)[1];
        Assert.Equal("iTXt", type);
        Assert.Equal("note\0\0\0\0\0\u65e5\u672c", Encoding.UTF8.GetString(content));
    }

    // Pillow leaves a frame out that equals the one before it, and writes a still image where one frame is left.
    [Theory]
    [InlineData("aaa", "IHDR IDAT IEND", "")]
    [InlineData("aab", "IHDR acTL fcTL IDAT fcTL fdAT IEND", "1/5 1/10")]
    [InlineData("aba", "IHDR acTL fcTL IDAT fcTL fdAT fcTL fdAT IEND", "1/10 1/10 1/10")]
    public void WriteAnimation_EqualFrames_AreOneThatShowsLonger(string frames, string chunks, string durations)
    {
        var file = new MemoryStream();

        ApngWriter.Write(file, [.. frames.Select(f => new PixelBuffer(1, 1, 1, [(byte)f]))], 100, 4, []);

        var written = Chunks(file.ToArray());
        Assert.Equal(chunks, string.Join(' ', written.Select(c => c.Type)));
        Assert.Equal(durations, string.Join(' ', written.Where(c => c.Type == "fcTL").Select(c =>
            $"{BinaryPrimitives.ReadUInt16BigEndian(c.Content.AsSpan(20))}/{BinaryPrimitives.ReadUInt16BigEndian(c.Content.AsSpan(22))}")));
    }

    [Fact]
    public void Read_ExifOrientation_TurnsTheImage()
    {
        var image = ImageDecoder.Decode(Recorded.InputFile("rot6.png"), "rot6.png").Frames[0];

        Assert.Equal((48, 64), (image.Width, image.Height));
    }

    [Fact]
    public void Read_Interlaced_PutsPixelsInPlace()
    {
        // A 4x3 grey image of the values 0..11 in Adam7 order: passes 1, 4, 5, 6 and 7 hold pixels, each row behind a filter byte.
        byte[] rows = [0, 0, 0, 2, 0, 8, 10, 0, 1, 3, 0, 9, 11, 0, 4, 5, 6, 7];
        var file = WriteRaw(new PngHeader(4, 3, 8, PngColour.Grey, Interlaced: true), rows);

        var image = ImageDecoder.Decode(file, "a.png").Frames[0];

        Assert.Equal(Enumerable.Range(0, 12), Enumerable.Range(0, 12).Select(i => (int)image.Data[i * 4]));
    }

    [Fact]
    public void Read_NoImage_NamesTheFileAsPillowDoes()
    {
        var error = Assert.Throws<ImageException>(() => ImageDecoder.Decode("hello"u8.ToArray(), "input/x.png"));

        Assert.Equal("PIL.UnidentifiedImageError", error.Kind);
        Assert.Equal("cannot identify image file 'input/x.png'", error.Message);
    }

    [Fact]
    public void Read_EveryCutAndFlippedByte_IsAClearError()
    {
        var file = Recorded.InputFile("la.png");
        for (var length = 0; length < file.Length; length += 37)
            Assert.Throws<ImageException>(() => ImageDecoder.Decode(file[..length], "x.png"));
        for (var at = 8; at < file.Length - 12; at += 11)
        {
            var broken = (byte[])file.Clone();
            broken[at] ^= 0x55;
            Assert.Throws<ImageException>(() => ImageDecoder.Decode(broken, "x.png"));
        }
    }

    [Fact]
    public void Read_MorePixelsThanTheLimit_IsRefusedBeforeUnpacking()
    {
        var file = WriteRaw(new PngHeader(100_000, 100_000, 8, PngColour.Grey, Interlaced: false), []);

        var error = Assert.Throws<ImageException>(() => ImageDecoder.Decode(file, "bomb.png"));

        Assert.Equal("PIL.Image.DecompressionBombError", error.Kind);
    }

    private static byte[] Write(PixelBuffer image, int level, params KeyValuePair<string, string>[] texts)
    {
        var file = new MemoryStream();
        PngWriter.WriteStill(file, image, level, texts);
        return file.ToArray();
    }

    private static byte[] WriteRaw(PngHeader header, byte[] rows)
    {
        var content = new byte[PngHeader.Size];
        header.Write(content);
        var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(rows);
        var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var writer = new PngWriter(file);
        writer.Chunk("IHDR"u8, content);
        writer.Chunk("IDAT"u8, data.ToArray());
        writer.End();
        return file.ToArray();
    }

    private static List<(string Type, byte[] Content)> Chunks(byte[] file)
    {
        List<(string, byte[])> chunks = [];
        for (var at = 8; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            chunks.Add((Encoding.ASCII.GetString(file, at + 4, 4), file[(at + 8)..(at + 8 + length)]));
            at += 12 + length;
        }
        return chunks;
    }

    private static PixelBuffer Gradient(int width, int height, int channels)
    {
        var image = new PixelBuffer(width, height, channels);
        for (var i = 0; i < image.Data.Length; i++) image.Data[i] = (byte)(i * 7 + i / 13 * (i % 5));
        return image;
    }
}
