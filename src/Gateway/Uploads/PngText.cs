using System.Buffers.Binary;

namespace Farm.Gateway.Uploads;

/// <summary>The text chunks of a PNG, carried from one file to another as they are.</summary>
internal static class PngText
{
    private const int SignatureLength = 8;
    private const int HeaderEnd = SignatureLength + 25;
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>The target with the source's text chunks behind its header; the target itself where the source has none.</summary>
    public static byte[] Carry(ReadOnlySpan<byte> source, byte[] target)
    {
        if (!source.StartsWith(Signature))
            return target;
        var texts = new List<byte>();
        for (var at = SignatureLength; at + 12 <= source.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(source[at..]);
            if (length > source.Length - at - 12)
                break;
            var size = (int)length + 12;
            if (source.Slice(at + 4, 4) is var kind && (kind.SequenceEqual("tEXt"u8) || kind.SequenceEqual("zTXt"u8) || kind.SequenceEqual("iTXt"u8)))
                texts.AddRange(source.Slice(at, size));
            at += size;
        }
        return [.. target.AsSpan(0, HeaderEnd), .. texts, .. target.AsSpan(HeaderEnd)];
    }
}
