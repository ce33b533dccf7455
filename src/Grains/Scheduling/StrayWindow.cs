namespace Farm.Grains.Scheduling;

/// <summary>
/// The time of submission of those prompts that are looked for because the scheduler may never have been told of them. What a look that failed
/// should have seen, the next one sees.
/// </summary>
/// <param name="options">How often is looked, and how long a silo may take to tell the scheduler.</param>
/// <param name="start">When the scheduler began, which then read all there were.</param>
internal sealed class StrayWindow(SchedulingOptions options, DateTimeOffset start)
{
    private DateTimeOffset _looked = start;

    /// <summary>From when on: an interval before the last look, for what was submitted before it and committed after it.</summary>
    public DateTimeOffset From => _looked - options.StrayInterval;

    /// <summary>Until when: silos of newer ones may be about to tell.</summary>
    public DateTimeOffset To(DateTimeOffset now) => now - options.LeaseDuration;

    /// <summary>A look has come to its end.</summary>
    public void Looked(DateTimeOffset now) => _looked = now;
}
