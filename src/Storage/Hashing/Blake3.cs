using System.Buffers.Binary;
using System.Numerics;

namespace Farm.Storage.Hashing;

/// <summary>BLAKE3 with 32 bytes of output, fed piece by piece: the hash by which the farm and ComfyUI know contents.</summary>
public sealed class Blake3
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = 32;

    private const int ChainWords = 8;

    private readonly byte[] _buffer = new byte[Blake3Core.Lanes * Blake3Core.ChunkSize];

    /// <summary>Chaining values of complete subtrees, the largest first; at most one a level of a tree of 2^54 chunks.</summary>
    private readonly uint[] _stack = new uint[55 * ChainWords];

    private int _depth;
    private int _filled;
    private ulong _chunks;

    /// <summary>The hash of a whole content.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> content)
    {
        var hasher = new Blake3();
        hasher.Append(content);
        return hasher.Finish();
    }

    /// <summary>Takes the next piece of the content.</summary>
    public void Append(ReadOnlySpan<byte> content)
    {
        while (content.Length > 0)
        {
            // The last chunk must stay in the buffer: only at the end is it known whether it is the root.
            if (_filled == _buffer.Length)
                Flush(_buffer);
            if (_filled == 0 && content.Length > _buffer.Length)
            {
                Flush(content[.._buffer.Length]);
                content = content[_buffer.Length..];
                continue;
            }
            var taken = Math.Min(content.Length, _buffer.Length - _filled);
            content[..taken].CopyTo(_buffer.AsSpan(_filled));
            _filled += taken;
            content = content[taken..];
        }
    }

    /// <summary>The hash of everything appended. The hasher can take more afterwards.</summary>
    public byte[] Finish()
    {
        Span<uint> stack = stackalloc uint[_stack.Length];
        _stack.CopyTo(stack);
        var (depth, chunks) = (_depth, _chunks);
        var rest = _buffer.AsSpan(0, _filled);
        Span<uint> chain = stackalloc uint[ChainWords];
        while (rest.Length > Blake3Core.ChunkSize)
        {
            Chunk(rest[..Blake3Core.ChunkSize], chunks, chain, root: false);
            Push(stack, ref depth, ref chunks, chain);
            rest = rest[Blake3Core.ChunkSize..];
        }
        Chunk(rest, chunks, chain, root: depth == 0);
        while (depth > 0)
            Merge(stack, --depth, chain, root: depth == 0);
        var hash = new byte[Size];
        for (var i = 0; i < ChainWords; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(i * 4), chain[i]);
        return hash;
    }

    private void Flush(ReadOnlySpan<byte> eightChunks)
    {
        Span<uint> chains = stackalloc uint[Blake3Core.Lanes * ChainWords];
        Blake3Core.CompressChunks(eightChunks, _chunks, chains);
        for (var lane = 0; lane < Blake3Core.Lanes; lane++)
            Push(_stack, ref _depth, ref _chunks, chains.Slice(lane * ChainWords, ChainWords));
        _filled = 0;
    }

    /// <summary>Adds a chunk's chaining value and joins what makes complete subtrees.</summary>
    private static void Push(Span<uint> stack, ref int depth, ref ulong chunks, Span<uint> chain)
    {
        chunks++;
        for (var level = BitOperations.TrailingZeroCount(chunks); level > 0; level--)
            Merge(stack, --depth, chain, root: false);
        chain.CopyTo(stack[(depth++ * ChainWords)..]);
    }

    /// <summary>The parent of the subtree at a place of the stack and the one in <paramref name="chain"/>, into the latter.</summary>
    private static void Merge(ReadOnlySpan<uint> stack, int place, Span<uint> chain, bool root)
    {
        Span<byte> block = stackalloc byte[Blake3Core.BlockSize];
        for (var i = 0; i < ChainWords; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(block[(i * 4)..], stack[place * ChainWords + i]);
            BinaryPrimitives.WriteUInt32LittleEndian(block[(32 + i * 4)..], chain[i]);
        }
        Blake3Core.Start.CopyTo(chain);
        Blake3Core.Compress(chain, block, 0, Blake3Core.BlockSize, Blake3Core.Parent | (root ? Blake3Core.Root : 0));
    }

    private static void Chunk(ReadOnlySpan<byte> content, ulong counter, Span<uint> chain, bool root)
    {
        Blake3Core.Start.CopyTo(chain);
        Span<byte> block = stackalloc byte[Blake3Core.BlockSize];
        var at = 0;
        do
        {
            var length = Math.Min(Blake3Core.BlockSize, content.Length - at);
            block.Clear();
            content.Slice(at, length).CopyTo(block);
            var last = at + length == content.Length;
            var flags = (at == 0 ? Blake3Core.ChunkStart : 0) | (last ? Blake3Core.ChunkEnd | (root ? Blake3Core.Root : 0) : 0);
            Blake3Core.Compress(chain, block, counter, (uint)length, flags);
            at += length;
        }
        while (at < content.Length);
    }
}
