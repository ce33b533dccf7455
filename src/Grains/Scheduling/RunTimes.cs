namespace Farm.Grains.Scheduling;

/// <summary>
/// How long runs take, by their shape: a moving average of the leases of those that succeeded. Shapes that nobody has seen take the
/// average of all.
/// </summary>
internal sealed class RunTimes
{
    private const int MaxShapes = 100_000;

    private readonly Dictionary<string, RunShape> _shapes = new(StringComparer.Ordinal);
    private readonly RunShape _all;

    /// <summary>Nothing measured yet: a second a run.</summary>
    public RunTimes() => _all = new RunShape("", null);

    /// <summary>The average of all runs.</summary>
    public TimeSpan Average => _all.Expected;

    /// <summary>Whether any run was measured.</summary>
    public bool AnyMeasured => _all.IsMeasured;

    /// <summary>The shared object of a shape.</summary>
    public RunShape Of(string name)
    {
        if (name.Length == 0) return _all;
        if (_shapes.TryGetValue(name, out var shape)) return shape;
        // Prompts of a forgotten shape keep their object; new ones measure anew.
        if (_shapes.Count >= MaxShapes) _shapes.Clear();
        _shapes.Add(name, shape = new RunShape(name, _all));
        return shape;
    }
}

/// <summary>The measured time of one shape.</summary>
internal sealed class RunShape(string name, RunShape? all)
{
    private const double First = 1, Weight = 0.2;

    private double? _seconds;

    /// <summary>The shape's name; empty for that of prompts that have none.</summary>
    public string Name { get; } = name;

    /// <summary>Whether a run of it was measured.</summary>
    public bool IsMeasured => _seconds is not null;

    /// <summary>How long the next run should take.</summary>
    public TimeSpan Expected => TimeSpan.FromSeconds(_seconds ?? all?.Expected.TotalSeconds ?? First);

    /// <summary>A run has taken so long.</summary>
    public void Measure(TimeSpan time)
    {
        _seconds = _seconds is { } known ? known + (Weight * (time.TotalSeconds - known)) : time.TotalSeconds;
        all?.Measure(time);
    }
}
