namespace Farm.Worker.Health;

/// <summary>When the scheduler last answered this worker's request for work.</summary>
internal sealed class WorkerPulse(TimeProvider clock)
{
    private long _answered;

    /// <summary>Time since the last answer; null before the first.</summary>
    public TimeSpan? Silence => Volatile.Read(ref _answered) is var at and not 0 ? clock.GetElapsedTime(at) : null;

    /// <summary>The scheduler answered, with work or without.</summary>
    public void Answered() => Volatile.Write(ref _answered, clock.GetTimestamp());
}
