using System.Collections.Immutable;
using Farm.Contracts.Batches;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Grains.Ledger;
using Farm.Grains.Prompts;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Batches;

/// <summary>
/// One batch. Each index is committed as handed in before its prompt is submitted, under a run id that batch, index and try give; after a
/// crash those whose prompts nobody knows are submitted, so that each is exactly once. Works a step a turn, so that it can be asked meanwhile.
/// One that is over, or never was, is left to be collected: calls that meet an activation on its way out can be rejected.
/// </summary>
[CollectionAgeLimit(Minutes = 2)]
internal sealed class BatchGrain(
    IBatchStore store, ILedgerStore ledger, TimeProvider clock, IOptions<BatchOptions> options, ILogger<BatchGrain> logger) : Grain, IBatchGrain
{
    private readonly Dictionary<Guid, BatchItemState> _out = [];
    private readonly Dictionary<Guid, BatchItemState> _unsent = [];
    private readonly HashSet<Guid> _told = [];
    private BatchState? _state;
    private BatchRuns? _runs;
    private FrameSequence? _order;
    private IDisposable? _timer;
    private bool _loaded, _asked, _lookAtAll, _held;

    private Guid Id => this.GetPrimaryKey();

    private ISchedulerGrain Scheduler => GrainFactory.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key);

    /// <inheritdoc/>
    public async Task<BatchInfo> SubmitAsync(BatchSubmission submission)
    {
        await LoadAsync();
        if (_state is null)
        {
            var state = BatchMachine.Submit(Id, submission, clock.GetUtcNow());
            await store.InsertAsync(state);
            Take(state);
            BatchLog.Accepted(logger, Id, state.Total);
        }
        Ask();
        return BatchInfos.Of(_state!, clock.GetUtcNow());
    }

    /// <inheritdoc/>
    public async Task<BatchInfo?> GetAsync(string tenant)
    {
        // Interleaves with a step, so it must not begin to load what the step is loading.
        var state = _state ?? await store.FindAsync(Id);
        return state?.Tenant == tenant ? BatchInfos.Of(state, clock.GetUtcNow()) : null;
    }

    /// <inheritdoc/>
    public Task<BatchAnswer?> PauseAsync(string tenant) => ChangeAsync(tenant, "paused", state => Step(BatchMachine.Pause(state)));

    /// <inheritdoc/>
    public Task<BatchAnswer?> ResumeAsync(string tenant) => ChangeAsync(tenant, "resumed", state => Step(BatchMachine.Resume(state)));

    /// <inheritdoc/>
    public Task<BatchAnswer?> RetryFailedAsync(string tenant) => ChangeAsync(tenant, "retried", BatchMachine.RetryFailed);

    /// <inheritdoc/>
    public Task<BatchAnswer?> CancelAsync(string tenant) => ChangeAsync(tenant, "cancelled", state => Step(BatchMachine.Cancel(state)));

    /// <inheritdoc/>
    public Task EndedAsync(Guid runId)
    {
        _told.Add(runId);
        Ask();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task WakeAsync()
    {
        _asked = false;
        await LoadAsync();
        if (_state is not { IsOver: false }) return;
        await BeginAsync();
        await SettleAsync();
        await HandInAsync();
        await WithdrawAsync();
        if (BatchMachine.Finish(_state, clock.GetUtcNow()) is { } end) await CommitAsync(end);
        if (_state.IsOver) await LeaveAsync();
        else if (!_held && Room > 0) Ask();
    }

    /// <summary>Prompts that may be handed in now.</summary>
    private int Room => _state!.Status == BatchStatus.Running && (_state.Position < _state.Total || _state.Waiting > 0)
        ? Math.Min(_state.Definition.Concurrency - _out.Count, options.Value.StepSize)
        : 0;

    private static BatchStep? Step(BatchState? state) => state is null ? null : new BatchStep(state, []);

    private async Task<BatchAnswer?> ChangeAsync(string tenant, string change, Func<BatchState, BatchStep?> apply)
    {
        await LoadAsync();
        if (_state?.Tenant != tenant) return null;
        if (apply(_state) is not { } step)
            return new BatchAnswer(BatchInfos.Of(_state, clock.GetUtcNow()), $"a batch that is {_state.Status.ToString().ToLowerInvariant()} cannot be {change}");
        await CommitAsync(step);
        Stay();
        Ask();
        return new BatchAnswer(BatchInfos.Of(_state, clock.GetUtcNow()), null);
    }

    private async Task BeginAsync()
    {
        if (_state!.Status != BatchStatus.Waiting) return;
        var after = _state.Definition.After;
        var found = after.IsEmpty ? ImmutableDictionary<Guid, BatchStatus>.Empty : await store.StatusesAsync(_state.Tenant, after);
        var statuses = after.Select(id => found.GetValueOrDefault(id, BatchStatus.Cancelled)).ToArray();
        if (BatchMachine.Begin(_state, statuses, clock.GetUtcNow()) is { } begun) await CommitAsync(new BatchStep(begun, []));
    }

    /// <summary>Takes in what became of the prompts it was told of, and now and then of all that are out.</summary>
    private async Task SettleAsync()
    {
        var asked = _lookAtAll ? [.. _out.Keys] : _told.Where(_out.ContainsKey).ToArray();
        _told.Clear();
        _lookAtAll = false;
        if (asked.Length == 0) return;
        var ends = await ledger.EndsAsync(asked);
        if (ends.IsEmpty) return;
        await CommitAsync(BatchMachine.Settle(_state!, [.. ends.Select(end => (_out[end.RunId], end))]));
        foreach (var end in ends)
        {
            _out.Remove(end.RunId);
            _unsent.Remove(end.RunId);
        }
    }

    private async Task HandInAsync()
    {
        _held = false;
        if (_unsent.Count > 0 && !await SubmitAsync()) return;
        var room = Room;
        if (room <= 0) return;
        if (await Scheduler.AdmitAsync(_state!.Tenant) is not null)
        {
            // As many prompts of the tenant wait as its quota allows: the next look tries again.
            _held = true;
            return;
        }
        var again = _state!.Waiting > 0 ? await store.ItemsAsync(Id, BatchItemStatus.Waiting, room) : [];
        if (BatchMachine.HandIn(_state, again, _order!, room, clock.GetUtcNow()) is not { } step) return;
        await CommitAsync(step);
        foreach (var item in step.Items.Where(i => i.Status == BatchItemStatus.Submitted)) _out[item.RunId!.Value] = _unsent[item.RunId.Value] = item;
        await SubmitAsync();
    }

    /// <summary>Submits what was committed as handed in. What cannot be submitted now is tried again with the next look.</summary>
    private async Task<bool> SubmitAsync()
    {
        try
        {
            await Task.WhenAll(_unsent.Values.ToArray().Select(SubmitAsync));
            return true;
        }
        catch (Exception error) when (error is OrleansException or TimeoutException or StoreUnavailableException)
        {
            BatchLog.NotSubmitted(logger, error, Id, _unsent.Count);
            _held = true;
            return false;
        }
    }

    private async Task SubmitAsync(BatchItemState item)
    {
        using var span = BatchTracing.Start(_state!, item);
        var number = await Scheduler.DrawNumberAsync(_state!.Tenant);
        var submission = _runs!.Of(item, number, clock.GetUtcNow()) with { TraceParent = span?.Id };
        await GrainFactory.GetGrain<IPromptGrain>(item.RunId!.Value).SubmitAsync(submission);
        _unsent.Remove(item.RunId.Value);
    }

    /// <summary>Takes back what was handed in: all of it when the batch is cancelled, what waits when it stops.</summary>
    private async Task WithdrawAsync()
    {
        if (_state!.Status is not (BatchStatus.Cancelling or BatchStatus.Stopping)) return;
        foreach (var run in _out.Keys.ToArray())
        {
            try
            {
                var prompt = GrainFactory.GetGrain<IPromptGrain>(run);
                if (_state.Status == BatchStatus.Stopping || !await prompt.InterruptAsync()) await prompt.DeleteAsync();
            }
            catch (Exception error) when (error is OrleansException or TimeoutException or StoreUnavailableException)
            {
                BatchLog.NotWithdrawn(logger, error, Id, run);
                return;
            }
        }
    }

    private async Task CommitAsync(BatchStep step)
    {
        try
        {
            await store.CommitAsync(step);
        }
        catch (StaleWriteException)
        {
            // Another activation has gone on with it.
            DeactivateOnIdle();
            throw;
        }
        Take(step.State);
    }

    /// <summary>The batch is over: those that wait for it look at once.</summary>
    private async Task LeaveAsync()
    {
        BatchLog.Ended(logger, Id, _state!.Status, _state.Completed, _state.Failed, _state.Cancelled);
        _timer?.Dispose();
        _timer = null;
        DelayDeactivation(TimeSpan.FromTicks(-1));
        foreach (var waiting in await store.WaitingAsync(_state.Tenant)) GrainFactory.GetGrain<IBatchGrain>(waiting).WakeAsync().Ignore();
    }

    /// <summary>What is handed in and not over may never have been submitted: the step's silo died. Nobody knows its prompt then.</summary>
    private async Task LoadAsync()
    {
        if (_loaded) return;
        Take(await store.FindAsync(Id));
        if (_state is { IsOver: false })
        {
            foreach (var item in await store.ItemsAsync(Id, BatchItemStatus.Submitted, int.MaxValue)) _out[item.RunId!.Value] = item;
            var known = await store.KnownRunsAsync(_out.Keys);
            foreach (var (run, item) in _out.Where(o => !known.Contains(o.Key))) _unsent[run] = item;
            _lookAtAll = true;
            Stay();
        }
        _loaded = true;
    }

    private void Take(BatchState? state)
    {
        _state = state;
        if (state is null || _runs is not null) return;
        _runs = new BatchRuns(state);
        _order = new FrameSequence(state.Definition.Plan.Order, state.Definition.Plan.Step, state.Total);
        if (!state.IsOver) Stay();
    }

    private void Stay()
    {
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        _timer ??= this.RegisterGrainTimer(LookAsync, new GrainTimerCreationOptions
        {
            DueTime = options.Value.ScanInterval,
            Period = options.Value.ScanInterval,
            KeepAlive = true,
        });
    }

    private Task LookAsync(CancellationToken cancellation)
    {
        _lookAtAll = true;
        Ask();
        return Task.CompletedTask;
    }

    /// <summary>One more step, in a turn of its own.</summary>
    private void Ask()
    {
        if (_asked) return;
        _asked = true;
        this.AsReference<IBatchGrain>().WakeAsync().Ignore();
    }
}
