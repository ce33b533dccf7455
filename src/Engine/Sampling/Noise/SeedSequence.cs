namespace Farm.Engine.Sampling;

/// <summary>numpy's SeedSequence (after M. O'Neill's seed_seq_fe): mixes entropy and a spawn key into a pool of 32-bit words.</summary>
internal sealed class SeedSequence
{
    private const uint InitA = 0x43b0d7e5, MultA = 0x931e8875, InitB = 0x8b51f9dd, MultB = 0x58f38ded;
    private const uint MixLeft = 0xca01f9dd, MixRight = 0x4973f715;

    private readonly uint[] _pool;
    private uint _hash = InitA;

    public SeedSequence(ulong entropy, ReadOnlySpan<ulong> spawnKey, int poolSize)
    {
        _pool = new uint[poolSize];
        var words = Words(entropy);
        if (spawnKey.Length > 0)
        {
            while (words.Count < poolSize) words.Add(0);
            foreach (ulong key in spawnKey) words.AddRange(Words(key));
        }

        for (int i = 0; i < poolSize; i++) _pool[i] = Hash(i < words.Count ? words[i] : 0);
        for (int source = 0; source < poolSize; source++)
            for (int target = 0; target < poolSize; target++)
                if (source != target) _pool[target] = Mix(_pool[target], Hash(_pool[source]));
        for (int source = poolSize; source < words.Count; source++)
            for (int target = 0; target < poolSize; target++)
                _pool[target] = Mix(_pool[target], Hash(words[source]));
    }

    /// <summary>The first word of the generated state; it does not depend on how many words are asked for.</summary>
    public uint FirstWord()
    {
        uint word = (_pool[0] ^ InitB) * unchecked(InitB * MultB);
        return word ^ (word >> 16);
    }

    private uint Hash(uint value)
    {
        value ^= _hash;
        _hash *= MultA;
        value *= _hash;
        return value ^ (value >> 16);
    }

    private static uint Mix(uint x, uint y)
    {
        uint mixed = x * MixLeft - y * MixRight;
        return mixed ^ (mixed >> 16);
    }

    private static List<uint> Words(ulong value) => value > uint.MaxValue ? [(uint)value, (uint)(value >> 32)] : [(uint)value];
}
