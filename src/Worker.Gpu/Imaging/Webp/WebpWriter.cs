using System.Buffers.Binary;

namespace Farm.Worker.Imaging.Webp;

/// <summary>How WebP frames are compressed.</summary>
/// <param name="Lossless">Exact pixels; quality is then the effort.</param>
/// <param name="Quality">0 to 100.</param>
internal readonly record struct WebpCompression(bool Lossless, float Quality);

/// <summary>
/// Writes WebP with EXIF, still and animated: the codec library compresses the frames, the container (Google's WebP container
/// specification, RFC 9649) is put around them here, since that library writes neither EXIF nor animations.
/// </summary>
internal static class WebpWriter
{
    private const int RiffHeader = 12;
    private const int ChunkHeader = 8;
    private const byte AnimationFlag = 0x02;
    private const byte ExifFlag = 0x08;
    private const byte AlphaFlag = 0x10;
    private const byte DoNotBlend = 0x02;
    private const int LongestDuration = 0xFFFFFF;

    /// <summary>Writes a file; the frames of an animation repeat for ever.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="frames">Of one size, 3 or 4 channels, at most 16384 pixels a side.</param>
    /// <param name="milliseconds">How long each frame shows.</param>
    /// <param name="compression">How frames are compressed.</param>
    /// <param name="exif">The EXIF block, without the mark that begins it in JPEGs.</param>
    public static void Write(Stream target, IReadOnlyList<PixelBuffer> frames, long milliseconds, WebpCompression compression, ReadOnlySpan<byte> exif)
    {
        var body = new MemoryStream();
        var isAnimated = frames.Count > 1;
        body.Write("WEBP"u8);
        var flags = ExifFlag | (isAnimated ? AnimationFlag : 0) | (frames[0].Channels == 4 ? AlphaFlag : 0);
        Chunk(body, "VP8X"u8, [(byte)flags, 0, 0, 0, .. UInt24(frames[0].Width - 1), .. UInt24(frames[0].Height - 1)]);
        if (isAnimated)
        {
            Chunk(body, "ANIM"u8, [0, 0, 0, 0, 0, 0]);
            for (var i = 0; i < frames.Count; i++) WriteFrame(body, frames[i], milliseconds, compression, i == 0 ? DoNotBlend : (byte)0);
        }
        else
        {
            body.Write(Images(frames[0], compression));
        }
        // Readers of animations look for the mark that JPEG puts before EXIF, as Pillow writes it there.
        Chunk(body, "EXIF"u8, isAnimated ? [.. "Exif\0\0"u8, .. exif] : exif);
        Chunk(target, "RIFF"u8, body.GetBuffer().AsSpan(0, (int)body.Length));
    }

    private static void WriteFrame(Stream body, PixelBuffer frame, long milliseconds, WebpCompression compression, byte flags)
    {
        // Blending is right for frames with alpha too only on an empty canvas, so those replace what was there.
        if (frame.Channels == 4) flags = DoNotBlend;
        byte[] header =
        [
            0, 0, 0, 0, 0, 0, .. UInt24(frame.Width - 1), .. UInt24(frame.Height - 1), .. UInt24((int)Math.Min(milliseconds, LongestDuration)), flags,
        ];
        Chunk(body, "ANMF"u8, [.. header, .. Images(frame, compression)]);
    }

    /// <summary>The chunks that hold an image (ALPH, VP8, VP8L), out of a still file.</summary>
    private static byte[] Images(PixelBuffer frame, WebpCompression compression)
    {
        var still = ImageEncoder.Webp(frame, compression.Lossless, compression.Quality);
        var images = new MemoryStream();
        for (var at = RiffHeader; at + ChunkHeader <= still.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(still.AsSpan(at + 4));
            var end = Math.Min(at + ChunkHeader + length + length % 2, still.Length);
            if (still.AsSpan(at, 3).SequenceEqual("VP8"u8) && still[at + 3] != (byte)'X' || still.AsSpan(at, 4).SequenceEqual("ALPH"u8))
                images.Write(still.AsSpan(at, end - at));
            at = end;
        }
        return images.ToArray();
    }

    private static void Chunk(Stream target, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
        target.Write(type);
        target.Write(length);
        target.Write(content);
        if (content.Length % 2 == 1) target.WriteByte(0);
    }

    private static byte[] UInt24(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];
}
