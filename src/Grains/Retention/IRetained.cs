namespace Farm.Grains.Retention;

/// <summary>A kind of things that rules let go. Several may share a kind's name and so its rule.</summary>
internal interface IRetained
{
    /// <summary>Its name in rules, such as <c>history</c>.</summary>
    string Kind { get; }

    /// <summary>How long it is kept where no rule says; zero for ever.</summary>
    TimeSpan DefaultAge { get; }

    /// <summary>The tenants that have any.</summary>
    Task<IReadOnlyList<string>> TenantsAsync(CancellationToken cancel);

    /// <summary>
    /// What the limit lets go, the oldest first, a step at a time; with <paramref name="remove"/> each step is removed before it is told. A step that was removed stays
    /// removed whatever happens to the next.
    /// </summary>
    IAsyncEnumerable<RetentionStep> StepsAsync(string tenant, RetentionLimit limit, bool remove, CancellationToken cancel);
}

/// <summary>Some things that go, or would.</summary>
/// <param name="Items">What goes.</param>
/// <param name="Held">How many beside them are old enough and stay.</param>
/// <param name="Failed">How many could not be removed.</param>
/// <param name="Note">Why nothing goes; null where that is not so.</param>
internal sealed record RetentionStep(IReadOnlyList<RetainedItem> Items, long Held = 0, long Failed = 0, string? Note = null);

/// <summary>A thing that goes.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="At">The time that its age counts from.</param>
/// <param name="Bytes">Its file's bytes; 0 where it has none.</param>
internal readonly record struct RetainedItem(string Name, DateTimeOffset At, long Bytes);
