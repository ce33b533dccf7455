namespace Farm.Stress.Chaos;

/// <summary>What the clients of a chaos run ask for, by the index of the prompt: mostly plain prompts, some of each other kind.</summary>
internal static class Mix
{
    private const int InterruptedMilliseconds = 120_000;

    /// <summary>How a prompt is to be treated.</summary>
    public static Wish WishOf(int index, string tenant) => new()
    {
        Tenant = tenant,
        Priority = (index % 10) switch { 3 => 1, 7 => -1, _ => 0 },
        Front = index % 50 == 11,
        IsInterrupted = index % 100 == 58,
    };

    /// <summary>Its graph: one that is to be interrupted would take for ever.</summary>
    public static Shape ShapeOf(int index, string tag, Wish wish) => wish.IsInterrupted ? Shape.Slow(index, tag, InterruptedMilliseconds) : Shape.Of(index, tag);
}
