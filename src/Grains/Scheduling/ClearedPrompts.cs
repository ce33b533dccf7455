using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;

namespace Farm.Grains.Scheduling;

/// <summary>
/// What is left to do for prompts that a clear removed from the store: those still on their way into the queue are turned away, and
/// grains that hold one in memory are told, a few at a time. Used from one grain's turns only.
/// </summary>
internal sealed class ClearedPrompts(IGrainFactory grains, TimeProvider clock, ILogger logger)
{
    /// <summary>A submission that was committed comes in within the response timeout of grain calls, or never.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    /// <summary>Grains told at a time.</summary>
    private const int Width = 64;

    private readonly Dictionary<Guid, DateTimeOffset> _onTheirWay = [];
    private readonly Queue<Guid> _toForget = new();
    private bool _forgetting;

    /// <summary>The prompt was removed before the scheduler was told of it.</summary>
    public void Add(Guid runId)
    {
        var now = clock.GetUtcNow();
        foreach (var (old, end) in _onTheirWay)
        {
            if (end < now) _onTheirWay.Remove(old);
        }
        _onTheirWay.Add(runId, now + Life);
    }

    /// <summary>Whether the prompt that comes in is one that was removed.</summary>
    public bool TurnAway(QueueEntry entry)
    {
        if (!_onTheirWay.Remove(entry.RunId)) return false;
        if (entry.Resident) Forget(entry.RunId);
        return true;
    }

    /// <summary>Has the prompt's grain let go of it, some time soon.</summary>
    public void Forget(Guid runId)
    {
        _toForget.Enqueue(runId);
        if (!_forgetting) _ = ForgetAsync();
    }

    private async Task ForgetAsync()
    {
        _forgetting = true;
        // The clear itself is answered first.
        await Task.Yield();
        while (_toForget.Count > 0)
        {
            var some = Enumerable.Range(0, Math.Min(Width, _toForget.Count)).Select(_ => _toForget.Dequeue());
            await Task.WhenAll(some.Select(TellAsync).ToArray());
        }
        _forgetting = false;
    }

    private async Task TellAsync(Guid runId)
    {
        try
        {
            await grains.GetGrain<IPromptGrain>(runId).ForgetAsync();
        }
        catch (Exception error)
        {
            // Its memory goes with its silo's, or when it has been idle for long.
            SchedulingLog.ForgetFailed(logger, error, runId);
        }
    }
}
