using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Farm.Storage.Hashing;

/// <summary>BLAKE3's compression function (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, "BLAKE3", 2021), one block at a time and eight chunks at once.</summary>
internal static class Blake3Core
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 64;

    /// <summary>Bytes of a chunk, the leaves of the tree.</summary>
    public const int ChunkSize = 1024;

    /// <summary>Chunks that are hashed side by side.</summary>
    public const int Lanes = 8;

    /// <summary>Domain flags of the paper's table 3.</summary>
    public const uint ChunkStart = 1, ChunkEnd = 2, Parent = 4, Root = 8;

    private const int Words = 16;

    /// <summary>The initial chaining value: SHA-256's.</summary>
    public static ReadOnlySpan<uint> Start =>
        [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19];

    /// <summary>The message words that each of the seven rounds takes, in order: the permutation of the paper's table 2 applied again and again.</summary>
    private static readonly byte[] Schedule = MakeSchedule();

    /// <summary>Compresses one block into a chaining value, in place.</summary>
    public static void Compress(Span<uint> chain, ReadOnlySpan<byte> block, ulong counter, uint length, uint flags)
    {
        Span<uint> m = stackalloc uint[Words];
        for (var i = 0; i < Words; i++)
            m[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(i * 4)..]);
        Span<uint> v = stackalloc uint[Words];
        chain.CopyTo(v);
        Start[..4].CopyTo(v[8..]);
        (v[12], v[13], v[14], v[15]) = ((uint)counter, (uint)(counter >> 32), length, flags);
        for (var at = 0; at < Schedule.Length; at += Words)
        {
            var s = Schedule.AsSpan(at, Words);
            Mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
            Mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
            Mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
            Mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
            Mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
            Mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
            Mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
            Mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
        }
        for (var i = 0; i < 8; i++)
            chain[i] = v[i] ^ v[i + 8];
    }

    /// <summary>Hashes eight whole chunks that follow each other into eight chaining values of eight words.</summary>
    public static void CompressChunks(ReadOnlySpan<byte> chunks, ulong firstCounter, Span<uint> chains)
    {
        Span<Vector256<uint>> chain = stackalloc Vector256<uint>[8], m = stackalloc Vector256<uint>[Words], v = stackalloc Vector256<uint>[Words];
        for (var i = 0; i < 8; i++)
            chain[i] = Vector256.Create(Start[i]);
        var low = Vector256.Create((uint)firstCounter) + Vector256<uint>.Indices;
        var carry = Vector256.LessThan(low, Vector256.Create((uint)firstCounter));
        var high = Vector256.Create((uint)(firstCounter >> 32)) - carry;
        for (var block = 0; block < ChunkSize / BlockSize; block++)
        {
            Transpose(chunks[(block * BlockSize)..], m);
            var flags = (block == 0 ? ChunkStart : 0) | (block == ChunkSize / BlockSize - 1 ? ChunkEnd : 0);
            chain.CopyTo(v);
            for (var i = 0; i < 4; i++)
                v[8 + i] = Vector256.Create(Start[i]);
            (v[12], v[13], v[14], v[15]) = (low, high, Vector256.Create((uint)BlockSize), Vector256.Create(flags));
            Rounds(v, m);
            for (var i = 0; i < 8; i++)
                chain[i] = v[i] ^ v[i + 8];
        }
        for (var lane = 0; lane < Lanes; lane++)
            for (var i = 0; i < 8; i++)
                chains[lane * 8 + i] = chain[i][lane];
    }

    private static void Rounds(Span<Vector256<uint>> v, ReadOnlySpan<Vector256<uint>> m)
    {
        for (var at = 0; at < Schedule.Length; at += Words)
        {
            var s = Schedule.AsSpan(at, Words);
            Mix(ref v[0], ref v[4], ref v[8], ref v[12], m[s[0]], m[s[1]]);
            Mix(ref v[1], ref v[5], ref v[9], ref v[13], m[s[2]], m[s[3]]);
            Mix(ref v[2], ref v[6], ref v[10], ref v[14], m[s[4]], m[s[5]]);
            Mix(ref v[3], ref v[7], ref v[11], ref v[15], m[s[6]], m[s[7]]);
            Mix(ref v[0], ref v[5], ref v[10], ref v[15], m[s[8]], m[s[9]]);
            Mix(ref v[1], ref v[6], ref v[11], ref v[12], m[s[10]], m[s[11]]);
            Mix(ref v[2], ref v[7], ref v[8], ref v[13], m[s[12]], m[s[13]]);
            Mix(ref v[3], ref v[4], ref v[9], ref v[14], m[s[14]], m[s[15]]);
        }
    }

    /// <summary>Word i of the block at the same place in each of the eight chunks becomes one vector.</summary>
    private static void Transpose(ReadOnlySpan<byte> blocks, Span<Vector256<uint>> m)
    {
        Span<uint> words = stackalloc uint[Words * Lanes];
        for (var lane = 0; lane < Lanes; lane++)
        {
            var block = blocks.Slice(lane * ChunkSize, BlockSize);
            for (var i = 0; i < Words; i++)
                words[i * Lanes + lane] = BinaryPrimitives.ReadUInt32LittleEndian(block[(i * 4)..]);
        }
        for (var i = 0; i < Words; i++)
            m[i] = Vector256.Create<uint>(words.Slice(i * Lanes, Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(Span<uint> v, int a, int b, int c, int d, uint x, uint y)
    {
        v[a] += v[b] + x;
        v[d] = uint.RotateRight(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = uint.RotateRight(v[b] ^ v[c], 12);
        v[a] += v[b] + y;
        v[d] = uint.RotateRight(v[d] ^ v[a], 8);
        v[c] += v[d];
        v[b] = uint.RotateRight(v[b] ^ v[c], 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(
        ref Vector256<uint> a, ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d, Vector256<uint> x, Vector256<uint> y)
    {
        a += b + x;
        d = Rotate(d ^ a, 16);
        c += d;
        b = Rotate(b ^ c, 12);
        a += b + y;
        d = Rotate(d ^ a, 8);
        c += d;
        b = Rotate(b ^ c, 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate(Vector256<uint> x, int by) => (x >>> by) | (x << (32 - by));

    private static byte[] MakeSchedule()
    {
        byte[] permutation = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
        var rounds = new byte[7 * Words];
        for (var i = 0; i < Words; i++)
            rounds[i] = (byte)i;
        for (var i = Words; i < rounds.Length; i++)
            rounds[i] = rounds[i - i % Words - Words + permutation[i % Words]];
        return rounds;
    }
}
