using Farm.Contracts.Assets;
using Farm.Contracts.Batches;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;
using Farm.Grains.Assets;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Prompts;

/// <summary>One submission. Each change is committed first and told afterwards; a change from a stale attempt is refused.</summary>
internal sealed class PromptGrain(
    IPromptStore store, TimeProvider clock, IOptions<PromptOptions> options, PromptInstruments instruments, ILogger<PromptGrain> logger)
    : Grain, IPromptGrain
{
    private static readonly TimeSpan WorthForecasting = TimeSpan.FromSeconds(5);

    private readonly RunMessages _messages = new();
    private bool _loaded;
    private PromptState? _state;
    private RunEventRouter? _router;
    private bool _interrupted;
    private bool _countedAsWaiting;
    private bool _toldEnd;
    private StepWatch? _watch;

    private Guid RunId => this.GetPrimaryKey();

    private ISchedulerGrain Scheduler => GrainFactory.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key);

    /// <summary>Also what could not be committed holds while this activation lives: the client wanted it.</summary>
    private bool IsInterrupted => _interrupted || _state is { Interrupted: true };

    private StepWatch Watch => _watch ??= new StepWatch(options.Value.StepTimeout, clock);

    private RunEventRouter Router => _router ??= new RunEventRouter(GrainFactory, clock, _state!.Submission);

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        CountAsWaiting(false);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<SubmitReceipt> SubmitAsync(PromptSubmission submission)
    {
        if (_state is null) await InsertAsync(PromptStateMachine.Submit(RunId, submission));
        return await AnswerAsync(_state!, submission.Fingerprint);
    }

    /// <inheritdoc/>
    public async Task<SubmitReceipt?> RepeatAsync(string fingerprint)
    {
        await LoadAsync();
        return _state is null ? null : await AnswerAsync(_state, fingerprint);
    }

    /// <inheritdoc/>
    public async Task<PromptJob?> BeginAsync(int attempt, string workerId)
    {
        await LoadAsync();
        if (_state is null || _state.Status == PromptStatus.Ended)
        {
            await Scheduler.ReleaseAsync(RunId, succeeded: false);
            DeactivateOnIdle();
            return null;
        }
        if (!PromptStateMachine.HasBegun(_state, attempt, workerId))
        {
            if (PromptStateMachine.Begin(_state, attempt, workerId, clock.GetUtcNow()) is not { } running) return null;
            using (PromptTracing.Start("begin", running)) await CommitAsync(running, store.UpdateAsync(running));
            instruments.Begun();
            _interrupted = false;
            _messages.Clear();
            Router.Restart();
            Watch.Moved(StartWatching);
            DelayDeactivation(Timeout.InfiniteTimeSpan);
            PromptLog.Begun(logger, RunId, attempt, workerId);
            if (_state.Submission.ClientId is not null) _ = TellAsync(ForecastAsync(_state.Submission));
        }
        return new PromptJob { RunId = RunId, Attempt = attempt, Submission = _state.Submission };
    }

    /// <inheritdoc/>
    public async Task<RunOrder> ReportAsync(int attempt, IReadOnlyList<RunEvent> events)
    {
        await LoadAsync();
        if (_state is null || !PromptStateMachine.IsRunning(_state, attempt)) return RunOrder.Abandon;
        if (events.Count > 0 || !Watch.IsOn) Watch.Moved(StartWatching);
        _messages.Add(events);
        await TellAsync(Router.PublishAsync(events));
        return IsInterrupted ? RunOrder.Interrupt : RunOrder.Continue;
    }

    /// <inheritdoc/>
    public async Task<bool> CompleteAsync(RunResult result)
    {
        await LoadAsync();
        if (_state is null) return false;
        var failed = FailedOf(_state, result.Fault, result.Attempt, ReasonOf(result));
        if (PromptStateMachine.HasCompleted(_state, result.Attempt))
        {
            // Committed by an activation that died with its silo, perhaps before it told.
            if (!_toldEnd) await TellEndAsync(result.Events, failed, result.Usage);
            return true;
        }
        if (PromptStateMachine.Complete(_state, result.Attempt, result.Outcome, clock.GetUtcNow()) is not { } ended) return false;
        if (failed is not null)
        {
            if (await TryElsewhereAsync(failed)) return false;
            result = result with { Events = LostRun.WithHistory(result.Events, _state) };
        }
        var end = new PromptEnd(result.Outcome, result.Completed, result.Outputs, _messages.ForHistory(result.Events, ended.StartedAt)) { ModelHashes = result.ModelHashes };
        await EndAsync(ended, end, result.Events, failed, result.Usage);
        if (AssetFiles.Saved(result.Outputs) is { IsEmpty: false } saved)
            await TellAsync(GrainFactory.GetGrain<IAssetScanGrain>(ended.Submission.Tenant).SavedAsync(ended.Submission.User, ended.Submission.PromptId, saved));
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> InterruptAsync()
    {
        await LoadAsync();
        if (_state is null || PromptStateMachine.Interrupt(_state) is not { } interrupted) return false;
        _interrupted = true;
        if (!_state.Interrupted) await CommitAsync(interrupted, store.UpdateAsync(interrupted));
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync()
    {
        await LoadAsync();
        if (_state is null || !PromptStateMachine.MayDelete(_state)) return false;
        var batch = _state.Submission.BatchId;
        await store.DeleteAsync(_state);
        Take(null);
        await Scheduler.ReleaseAsync(RunId, succeeded: false);
        await TellBatchAsync(batch);
        DeactivateOnIdle();
        return true;
    }

    /// <inheritdoc/>
    public async Task<PromptPlace?> MoveAsync(PromptMove move)
    {
        await LoadAsync();
        if (_state is null || PromptStateMachine.Move(_state, move) is not { } moved) return null;
        await CommitAsync(moved, store.MoveAsync(moved));
        var waits = await GrainFactory.GetGrain<ISchedulerControlGrain>(ISchedulerGrain.Key).MoveAsync(ToEntry(moved));
        KeepOrLetGo(moved.Submission);
        // One that was handed out meanwhile runs where it was; if it is lost, it comes back at its new place.
        return waits ? new PromptPlace(moved.Submission.Number, moved.Submission.Needs) : null;
    }

    /// <inheritdoc/>
    public Task ForgetAsync()
    {
        if (_state is { Status: not PromptStatus.Queued }) return Task.CompletedTask;
        Take(null);
        _loaded = false;
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task LoseAttemptAsync(int attempt, string reason, bool givenBack) => LoseAsync(attempt, reason, givenBack ? WorkerFault.None : WorkerFault.LostLease);

    private IGrainTimer StartWatching(GrainTimerCreationOptions options) => this.RegisterGrainTimer(WatchAsync, options);

    /// <summary>Takes a run that stands still from its worker, which learns it from the answer to its next report.</summary>
    private async Task WatchAsync(CancellationToken cancellation)
    {
        if (_state is { Status: PromptStatus.Running, Attempt: var attempt } && Watch.IsOver) await LoseAsync(attempt, $"no progress for {options.Value.StepTimeout}", WorkerFault.Stalled);
    }

    private async Task LoseAsync(int attempt, string reason, WorkerFault fault)
    {
        await LoadAsync();
        if (_state is null || _state.Status == PromptStatus.Ended)
        {
            await Scheduler.ReleaseAsync(RunId, succeeded: false);
            return;
        }
        if (_state.Attempt == attempt)
        {
            var failed = FailedOf(_state, fault, attempt, $"prompt {RunId}, attempt {attempt}: {reason}");
            if (IsInterrupted || (fault != WorkerFault.None && PromptStateMachine.Counted(_state) >= options.Value.MaxAttempts))
            {
                await GiveUpAsync(attempt, reason, failed);
                return;
            }
            await QueueAgainAsync(attempt, reason, givenBack: fault == WorkerFault.None);
            await TellAsync(FaultAsync(failed));
        }
        if (_state.Status == PromptStatus.Queued) await Scheduler.EnqueueAsync(ToEntry(_state));
    }

    /// <summary>
    /// The error is the worker's. What a failed device computed is tried elsewhere while attempts are left; where memory ran out, also after
    /// everything was unloaded, the prompt is told so, as by ComfyUI.
    /// </summary>
    /// <returns>Whether the prompt goes back to the queue.</returns>
    private async Task<bool> TryElsewhereAsync(FailedAttempt failed)
    {
        if (failed.Fault != WorkerFault.Device || IsInterrupted || PromptStateMachine.Counted(_state!) >= options.Value.MaxAttempts) return false;
        await QueueAgainAsync(failed.Attempt, failed.Detail, givenBack: false);
        await TellAsync(FaultAsync(failed));
        await TellAsync(Scheduler.EnqueueAsync(ToEntry(_state!)));
        return true;
    }

    private async Task QueueAgainAsync(int attempt, string reason, bool givenBack)
    {
        var worker = _state!.WorkerId;
        var again = PromptStateMachine.Lose(_state, attempt, reason, clock.GetUtcNow(), givenBack)!;
        await CommitAsync(again, store.UpdateAsync(again));
        Lost(attempt, worker, reason);
        KeepOrLetGo(again.Submission);
    }

    private void Lost(int attempt, string? worker, string reason)
    {
        PromptLog.Lost(logger, RunId, attempt, worker, reason);
        instruments.Lost();
    }

    /// <summary>The answer to a submission that was committed, now or before.</summary>
    private async Task<SubmitReceipt> AnswerAsync(PromptState state, string? fingerprint)
    {
        if (state.Submission.Fingerprint != fingerprint) throw new PromptConflictException();
        if (state.Status == PromptStatus.Queued) await Scheduler.EnqueueAsync(ToEntry(state));
        KeepOrLetGo(state.Submission);
        return new SubmitReceipt { PromptId = state.Submission.PromptId, Number = state.Submission.Number };
    }

    /// <summary>A new prompt is inserted without asking whether it exists: that is known when it is refused.</summary>
    private async Task InsertAsync(PromptState queued)
    {
        using var span = PromptTracing.Start("commit", queued);
        try
        {
            await store.InsertAsync(queued);
        }
        catch (StaleWriteException)
        {
            await LoadAsync();
            if (_state is null) throw;
            return;
        }
        Take(queued);
        _router = null;
        instruments.Submitted(queued.Submission.Tenant);
        PromptLog.Queued(logger, RunId, queued.Submission.Tenant);
    }

    private async Task GiveUpAsync(int attempt, string reason, FailedAttempt? failed)
    {
        var now = clock.GetUtcNow();
        var worker = _state!.WorkerId;
        var outcome = IsInterrupted ? RunOutcome.Interrupted : RunOutcome.Error;
        var ended = PromptStateMachine.GiveUp(_state, attempt, outcome, reason, now)!;
        RunEvent closing = IsInterrupted ? LostRun.Interrupted(ended, Router.LastNode, now) : LostRun.Error(ended, Router.LastNode, now);
        await EndAsync(ended, new PromptEnd(outcome, Completed: false, [], _messages.ForHistory([closing], ended.StartedAt)), [closing], failed);
        Lost(attempt, worker, reason);
    }

    /// <summary>Commits the end, then tells: the closing events, whose fault it was, the tenant's new count, the run's end (ComfyUI's order).</summary>
    private async Task EndAsync(PromptState ended, PromptEnd end, IReadOnlyList<RunEvent> closing, FailedAttempt? failed, RunUsage? usage = null)
    {
        using (PromptTracing.Start("end", ended)?.SetTag("farm.outcome", end.Outcome.ToString())) await CommitAsync(ended, store.EndAsync(ended, end));
        instruments.Ended(ended, end.Outcome);
        PromptLog.Ended(logger, (ended.EndedAt - ended.StartedAt)?.TotalSeconds ?? 0, RunId, ended.Attempt, end.Outcome);
        await TellEndAsync(closing, failed, usage);
    }

    private async Task TellEndAsync(IReadOnlyList<RunEvent> closing, FailedAttempt? failed, RunUsage? usage)
    {
        _toldEnd = true;
        DeactivateOnIdle();
        await TellAsync(Router.PublishAsync(closing));
        await TellAsync(FaultAsync(failed));
        await TellAsync(Scheduler.ReleaseAsync(RunId, _state!.Outcome == RunOutcome.Success, usage));
        await TellAsync(Router.PublishAsync([new NodeExecuting(null, null)]));
        await TellBatchAsync(_state!.Submission.BatchId);
    }

    private Task FaultAsync(FailedAttempt? failed) =>
        failed is null ? Task.CompletedTask : Scheduler.FaultAsync(failed.WorkerId, RunId, failed.Fault, failed.Detail, failed.Attempt);

    private static FailedAttempt? FailedOf(PromptState state, WorkerFault fault, int attempt, string detail) =>
        fault != WorkerFault.None && state is { WorkerId: { } worker } ? new FailedAttempt(worker, attempt, fault, detail) : null;

    private static string ReasonOf(RunResult result) => result.Events.OfType<ExecutionError>().LastOrDefault()?.Failure.Message.Trim() ?? result.Fault.ToString();

    private Task TellBatchAsync(Guid? batch) =>
        batch is { } id ? TellAsync(GrainFactory.GetGrain<IBatchGrain>(id).EndedAsync(RunId)) : Task.CompletedTask;

    /// <summary>Tells the client when a run that takes a while should be over; the run does not wait for it.</summary>
    private async Task ForecastAsync(PromptSubmission submission)
    {
        var forecasts = await Scheduler.ForecastAsync(submission.Tenant, [submission.PromptId]);
        if (forecasts.FirstOrDefault(f => f.RunId == RunId)?.End is { } end && end - clock.GetUtcNow() >= WorthForecasting)
            await Router.PublishAsync([new RunForecast(end.ToUnixTimeMilliseconds())]);
    }

    private async Task CommitAsync(PromptState next, Task write)
    {
        try
        {
            await write;
        }
        catch (StaleWriteException)
        {
            PromptLog.Stale(logger, RunId, next.Attempt);
            DeactivateOnIdle();
            throw;
        }
        Take(next);
    }

    /// <summary>
    /// What is committed stays so: a session or scheduler that cannot be reached must not fail the worker's report. A lease that
    /// was not released ends by itself, and the scheduler then learns that the prompt is over.
    /// </summary>
    private async Task TellAsync(Task told)
    {
        try
        {
            await told;
        }
        catch (Exception error) when (error is OrleansException or TimeoutException or OperationCanceledException)
        {
            PromptLog.TellFailed(logger, error, RunId);
        }
    }

    private async Task LoadAsync()
    {
        if (!_loaded) Take(await store.FindAsync(RunId));
    }

    private void Take(PromptState? state)
    {
        _loaded = true;
        _state = state;
        if (state is not { Status: PromptStatus.Running }) _watch?.Dispose();
        CountAsWaiting(state?.Status == PromptStatus.Queued);
    }

    private void CountAsWaiting(bool waiting)
    {
        if (waiting != _countedAsWaiting) instruments.Resident(waiting ? 1 : -1);
        _countedAsWaiting = waiting;
    }

    /// <summary>Secrets are nowhere but here, so their grain stays a while; others leave when too many wait in memory.</summary>
    private void KeepOrLetGo(PromptSubmission submission)
    {
        DelayDeactivation(submission.Secrets is null ? TimeSpan.FromTicks(-1) : options.Value.SecretsLife);
        if (!Stays(submission)) DeactivateOnIdle();
    }

    private bool Stays(PromptSubmission submission) =>
        submission.Secrets is not null || instruments.ResidentWaiting <= options.Value.ResidentWaiting;

    private QueueEntry ToEntry(PromptState state) => new()
    {
        RunId = state.RunId,
        Tenant = state.Submission.Tenant,
        PromptId = state.Submission.PromptId,
        Number = state.Submission.Number,
        Attempt = state.Attempt,
        ClassTypes = state.Submission.ClassTypes,
        Resident = Stays(state.Submission),
        Needs = state.Submission.Needs,
        CreatedAt = state.Submission.CreatedAt,
        TraceParent = state.Submission.TraceParent,
    };

    /// <summary>An attempt that came to nothing by its worker's fault, for the scheduler to count once that is committed.</summary>
    private sealed record FailedAttempt(string WorkerId, int Attempt, WorkerFault Fault, string Detail);
}
