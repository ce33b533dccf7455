using System.Collections.Immutable;
using Farm.Contracts.Prompts;

namespace Farm.Grains.Prompts;

/// <summary>The messages of an attempt that its history entry will list: start, cached, and how it ended; each once, however often it is told.</summary>
internal sealed class RunMessages
{
    private ExecutionStart? _start;
    private ExecutionCached? _cached;

    /// <summary>A new attempt starts with none.</summary>
    public void Clear() => (_start, _cached) = (null, null);

    /// <summary>Keeps those that history lists. A report may be sent again: the first counts.</summary>
    public void Add(IReadOnlyList<RunEvent> events)
    {
        foreach (var happened in events)
        {
            if (happened is ExecutionStart start) _start ??= start;
            if (happened is ExecutionCached cached) _cached ??= cached;
        }
    }

    /// <summary>
    /// The list for history, which nothing is kept of: an end may not come to be committed. Where a silo was lost during the run, and with it the
    /// first messages, the start comes from the stored time of the attempt. A blocker's report carries no time and is not listed.
    /// </summary>
    public ImmutableArray<RunEvent> ForHistory(IReadOnlyList<RunEvent> closing, DateTimeOffset? startedAt)
    {
        var end = closing.Where(e => e is ExecutionSuccess or ExecutionInterrupted or ExecutionError { Timestamp: not null }).TakeLast(1);
        if (_start is null && startedAt?.ToUnixTimeMilliseconds() is { } time) return [new ExecutionStart(time), new ExecutionCached([], time), .. end];
        return [.. new RunEvent?[] { _start, _cached }.OfType<RunEvent>(), .. end];
    }
}
