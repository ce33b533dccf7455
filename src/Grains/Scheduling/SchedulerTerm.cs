namespace Farm.Grains.Scheduling;

/// <summary>
/// The time from one scheduler's start to the next one's. A silo that the others hold for dead goes on for seconds, and a scheduler in it;
/// the next one has read the store meanwhile. What the old one is told then the new one does not know, so it must not be acknowledged: the
/// store says whose term it is. Used from one grain's turns only.
/// </summary>
internal sealed class SchedulerTerm(IQueueStore store)
{
    private long _own;
    private Task<bool> _look = Task.FromResult(true);
    private Task<bool>? _next;

    /// <summary>Begins a term; what the store holds is read after this.</summary>
    public async Task BeginAsync() => _own = await store.BeginTermAsync();

    /// <summary>Whether the term still lasted when this was asked. Those who ask during a look share the next.</summary>
    public Task<bool> LastsAsync() => _next ??= LookAsync(_look);

    private async Task<bool> LookAsync(Task before)
    {
        // Always later than the assignment of this look's own task.
        await ((Task)before).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        (_look, _next) = (_next!, null);
        return await store.TermAsync() == _own;
    }
}
