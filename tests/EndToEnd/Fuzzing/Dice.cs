namespace Farm.EndToEnd.Fuzzing;

/// <summary>Draws for one request. Some requests are wrong all over, others in one place, which is what reaches behind the first check.</summary>
internal sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);
    private double? _wildness;

    /// <summary>Whether the next piece is to be wrong.</summary>
    public bool Spoils => _random.NextDouble() < (_wildness ??= One(0.04, 0.2, 0.6));

    /// <summary>The generator itself, for pieces that are wrong anyway.</summary>
    public Random Random => _random;

    /// <summary>True once in so many times.</summary>
    public bool OnceIn(int times) => _random.Next(times) == 0;

    /// <summary>One of some values.</summary>
    public T One<T>(params ReadOnlySpan<T> values) => values[_random.Next(values.Length)];
}
