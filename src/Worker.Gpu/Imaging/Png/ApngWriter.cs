using System.Buffers.Binary;

namespace Farm.Worker.Imaging.Png;

/// <summary>Writes animated PNGs (PNG third edition, 11.3.6), each frame whole, repeated for ever.</summary>
internal static class ApngWriter
{
    private const int ControlSize = 26;
    private const int MillisecondsPerSecond = 1000;

    /// <summary>
    /// Writes an animation. A frame that equals the one before is not written again: that one shows longer (as Pillow does). One frame that
    /// is left makes a still image.
    /// </summary>
    /// <param name="target">Where to.</param>
    /// <param name="frames">Of one size and 1, 3 or 4 channels.</param>
    /// <param name="milliseconds">How long each frame shows.</param>
    /// <param name="level">zlib's level, 0 (stored) to 9.</param>
    /// <param name="texts">Key and text of the private chunks after the images, in which ComfyUI keeps what made them.</param>
    public static void Write(Stream target, IReadOnlyList<PixelBuffer> frames, long milliseconds, int level, IEnumerable<KeyValuePair<string, string>> texts)
    {
        var writer = new PngWriter(target);
        writer.Begin(frames[0]);
        var shown = Distinct(frames, milliseconds);
        if (shown.Count == 1) writer.Chunk("IDAT"u8, PngWriter.Compress(frames[0], level));
        else WriteFrames(writer, shown, level);
        foreach (var (key, text) in texts) writer.Chunk("comf"u8, System.Text.Encoding.Latin1.GetBytes($"{key}\0{text}"));
        writer.End();
    }

    private static List<(PixelBuffer Frame, long Milliseconds)> Distinct(IReadOnlyList<PixelBuffer> frames, long milliseconds)
    {
        var shown = new List<(PixelBuffer Frame, long Milliseconds)>();
        foreach (var frame in frames)
        {
            if (shown.Count > 0 && shown[^1].Frame.Data.AsSpan().SequenceEqual(frame.Data)) shown[^1] = (shown[^1].Frame, shown[^1].Milliseconds + milliseconds);
            else shown.Add((frame, milliseconds));
        }
        return shown;
    }

    private static void WriteFrames(PngWriter writer, List<(PixelBuffer Frame, long Milliseconds)> frames, int level)
    {
        Span<byte> animation = stackalloc byte[8];
        BinaryPrimitives.WriteInt32BigEndian(animation, frames.Count);
        BinaryPrimitives.WriteInt32BigEndian(animation[4..], 0);
        writer.Chunk("acTL"u8, animation);
        var sequence = 0;
        foreach (var (frame, milliseconds) in frames)
        {
            writer.Chunk("fcTL"u8, Control(sequence++, frame, milliseconds));
            var image = PngWriter.Compress(frame, level);
            if (sequence == 1)
            {
                writer.Chunk("IDAT"u8, image);
                continue;
            }
            var data = new byte[4 + image.Length];
            BinaryPrimitives.WriteInt32BigEndian(data, sequence++);
            image.CopyTo(data.AsSpan(4));
            writer.Chunk("fdAT"u8, data);
        }
    }

    /// <summary>Number, size, place (0, 0), duration as a fraction of seconds; the frame replaces the one before.</summary>
    private static byte[] Control(int sequence, PixelBuffer frame, long milliseconds)
    {
        var control = new byte[ControlSize];
        BinaryPrimitives.WriteInt32BigEndian(control, sequence);
        BinaryPrimitives.WriteInt32BigEndian(control.AsSpan(4), frame.Width);
        BinaryPrimitives.WriteInt32BigEndian(control.AsSpan(8), frame.Height);
        var (numerator, denominator) = Fraction(milliseconds);
        BinaryPrimitives.WriteUInt16BigEndian(control.AsSpan(20), numerator);
        BinaryPrimitives.WriteUInt16BigEndian(control.AsSpan(22), denominator);
        return control;
    }

    /// <summary>Seconds in lowest terms; what does not fit 16 bits is rounded to what does.</summary>
    private static (ushort Numerator, ushort Denominator) Fraction(long milliseconds)
    {
        long numerator = milliseconds, denominator = MillisecondsPerSecond;
        var divisor = (long)System.Numerics.BigInteger.GreatestCommonDivisor(numerator, denominator);
        (numerator, denominator) = (numerator / divisor, denominator / divisor);
        if (numerator > ushort.MaxValue) (numerator, denominator) = (Math.Min(milliseconds / MillisecondsPerSecond, ushort.MaxValue), 1);
        return ((ushort)numerator, (ushort)denominator);
    }
}
