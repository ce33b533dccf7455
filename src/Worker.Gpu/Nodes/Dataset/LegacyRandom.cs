using System.Numerics;

namespace Farm.Worker.Nodes;

/// <summary>
/// NumPy's legacy generator: the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998) with its scalar seeding; bounded numbers by masking and
/// trying again.
/// </summary>
internal sealed class LegacyRandom
{
    private const int Size = 624;
    private const int Middle = 397;

    private readonly uint[] _state = new uint[Size];
    private int _next = Size;

    /// <summary>Starts at a seed of any size; it is taken modulo 2³² − 1.</summary>
    public LegacyRandom(ulong seed)
    {
        _state[0] = (uint)(seed % uint.MaxValue);
        for (var i = 1u; i < Size; i++) _state[i] = 1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30)) + i;
    }

    /// <summary>A number from 0 to <paramref name="last"/>, both included; 0 draws nothing.</summary>
    public int UpTo(int last)
    {
        if (last <= 0) return 0;
        var mask = uint.MaxValue >> BitOperations.LeadingZeroCount((uint)last);
        while (true)
        {
            var drawn = Next() & mask;
            if (drawn <= (uint)last) return (int)drawn;
        }
    }

    /// <summary>The numbers from 0 to <paramref name="count"/> − 1 in random order.</summary>
    public int[] Permutation(int count)
    {
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var j = UpTo(i);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    private uint Next()
    {
        if (_next == Size) Twist();
        var y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680u;
        y ^= (y << 15) & 0xEFC60000u;
        return y ^ (y >> 18);
    }

    private void Twist()
    {
        for (var i = 0; i < Size; i++)
        {
            var y = (_state[i] & 0x80000000u) | (_state[(i + 1) % Size] & 0x7FFFFFFFu);
            _state[i] = _state[(i + Middle) % Size] ^ (y >> 1) ^ ((y & 1) * 0x9908B0DFu);
        }
        _next = 0;
    }
}
