using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Farm.Engine.Generated;

/// <summary>
/// The value of each element as a function of the tensor's name and the element's index, so that any machine and language writes the same bytes:
/// the SplitMix64 sequence (Steele, Lea, Flood 2014), seeded with the first 8 bytes of the name's SHA-256, mapped to a float.
/// </summary>
internal static class GeneratedValues
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    /// <summary>Writes elements <paramref name="first"/>, <paramref name="first"/> + 1, … as little-endian float16 (or int64 where the tensor counts).</summary>
    public static void Fill(GeneratedTensor tensor, long first, Span<byte> bytes)
    {
        if (tensor.Counting) Count(first, MemoryMarshal.Cast<byte, long>(bytes));
        else Uniform(tensor, first, MemoryMarshal.Cast<byte, Half>(bytes));
    }

    private static void Count(long first, Span<long> values)
    {
        for (var i = 0; i < values.Length; i++) values[i] = first + i;
    }

    private static void Uniform(GeneratedTensor tensor, long first, Span<Half> values)
    {
        var state = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(tensor.Name))) + (ulong)first * Step;
        float scale = tensor.Scale, offset = tensor.Offset;
        for (var i = 0; i < values.Length; i++)
        {
            var z = state += Step;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            var unit = (z >> 40) * (1f / (1 << 24));
            values[i] = (Half)((unit * 2 - 1) * scale + offset);
        }
    }
}
