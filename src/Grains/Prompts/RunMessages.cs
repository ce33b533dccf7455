using System.Collections.Immutable;
using Farm.Contracts.Prompts;

namespace Farm.Grains.Prompts;

/// <summary>The messages of an attempt that its history entry will list: start, cached, and how it ended.</summary>
internal sealed class RunMessages
{
    private readonly List<RunEvent> _kept = [];

    /// <summary>A new attempt starts with none.</summary>
    public void Clear() => _kept.Clear();

    /// <summary>Keeps those that history lists. A blocker's report carries no time and is not kept.</summary>
    public void Add(IReadOnlyList<RunEvent> events)
    {
        foreach (var happened in events)
        {
            if (happened is ExecutionStart or ExecutionCached or ExecutionSuccess or ExecutionInterrupted or ExecutionError { Timestamp: not null })
                _kept.Add(happened);
        }
    }

    /// <summary>
    /// The list for history. Where a silo was lost during the run, and with it the first messages, the start comes from the
    /// stored time of the attempt.
    /// </summary>
    public ImmutableArray<RunEvent> ForHistory(DateTimeOffset? startedAt)
    {
        if (_kept.Exists(m => m is ExecutionStart) || startedAt is not { } start) return [.. _kept];
        var time = start.ToUnixTimeMilliseconds();
        return [new ExecutionStart(time), new ExecutionCached([], time), .. _kept.Where(m => m is not ExecutionCached)];
    }
}
