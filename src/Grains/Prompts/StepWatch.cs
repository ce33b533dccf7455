namespace Farm.Grains.Prompts;

/// <summary>Watches whether a run gets on. Its lease says only that the worker's process lives: a node of it may stand still for ever.</summary>
/// <param name="limit">How long a run may stand still; 0 for any time.</param>
/// <param name="clock">The farm's clock.</param>
internal sealed class StepWatch(TimeSpan limit, TimeProvider clock) : IDisposable
{
    private IGrainTimer? _timer;
    private DateTimeOffset _movedAt;

    /// <summary>Whether it watches.</summary>
    public bool IsOn => _timer is not null || limit == TimeSpan.Zero;

    /// <summary>Whether the run has stood still for too long.</summary>
    public bool IsOver => _timer is not null && clock.GetUtcNow() - _movedAt >= limit;

    /// <summary>A run gets on, or begins: it is watched from now on, by a timer that <paramref name="register"/> makes.</summary>
    public void Moved(Func<GrainTimerCreationOptions, IGrainTimer> register)
    {
        if (limit == TimeSpan.Zero) return;
        _movedAt = clock.GetUtcNow();
        // A quarter late at the most.
        _timer ??= register(new GrainTimerCreationOptions { DueTime = limit, Period = limit / 4, KeepAlive = true });
    }

    /// <summary>The run is over, or another attempt is due.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        _timer = null;
    }
}
