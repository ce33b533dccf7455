using System.Collections.Immutable;
using Farm.Contracts.Retention;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Retention;

/// <summary>
/// Runs beside its calls, one run at a time. When the last run was is kept in the store, what it did only here. Who asks while another does shares the look at what the
/// next run would remove, and keeps no run from beginning.
/// </summary>
internal sealed class RetentionGrain(
    RetentionRunner runner, IRetentionStore store, IOptions<RetentionOptions> options, TimeProvider clock, ILogger<RetentionGrain> logger) : Grain, IRetentionGrain
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How long a look that took longer than the patience is told to whoever asks again.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;
    private Task<RetentionRun>? _look;
    private RetentionRun? _lastRun;
    private DateTimeOffset _lastAt;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken) => _lastAt = await store.LastRunAsync();

    /// <inheritdoc/>
    public async Task<RetentionStatus> StatusAsync()
    {
        if (_look is null || (_look.IsCompleted && !(_look.IsCompletedSuccessfully && clock.GetUtcNow() - (await _look).EndedAt < Fresh)))
            _look = Task.Run(LookAsync, CancellationToken.None);
        var look = _look;
        await ((Task)look).WaitAsync(Patience, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (look.IsCompleted && _look == look) _look = null;
        return new RetentionStatus
        {
            Rules = runner.Rules,
            DryRun = options.Value.DryRun,
            IsRunning = !_run.IsCompleted,
            NextRunAt = options.Value.Interval > TimeSpan.Zero ? _lastAt + options.Value.Interval : null,
            LastRun = _lastRun,
            Next = look.IsCompleted ? await look : null,
        };
    }

    /// <inheritdoc/>
    public async Task<bool> RunAsync()
    {
        if (!_run.IsCompleted) return false;
        var now = clock.GetUtcNow();
        await store.SetLastRunAsync(now);
        _lastAt = now;
        _lastRun = new RetentionRun(_lastAt, null, options.Value.DryRun, [], null);
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        _run = RunAndTellAsync();
        return true;
    }

    /// <inheritdoc/>
    public Task WakeAsync() => clock.GetUtcNow() >= _lastAt + options.Value.Interval ? RunAsync() : Task.CompletedTask;

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_run, _look ?? Task.CompletedTask).WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _stop.Dispose();
    }

    private async Task RunAndTellAsync()
    {
        string? failure = null;
        try
        {
            await foreach (var found in runner.RunAsync(remove: !options.Value.DryRun, _stop.Token))
            {
                _lastRun = _lastRun! with { Found = _lastRun.Found.Add(found) };
                if (found.Count + found.Failed > 0 && !options.Value.DryRun)
                    RetentionLog.Removed(logger, found.Kind, found.Count, found.Bytes, found.Held, found.Failed);
            }
        }
        catch (Exception error)
        {
            // The store may be away, or the silo stops: what was removed is removed, the next run goes on.
            failure = error.Message;
            if (!_stop.IsCancellationRequested) RetentionLog.RunFailed(logger, error);
        }
        _lastRun = _lastRun! with { EndedAt = clock.GetUtcNow(), Error = failure };
        DelayDeactivation(TimeSpan.FromTicks(-1));
    }

    private async Task<RetentionRun> LookAsync()
    {
        var started = clock.GetUtcNow();
        ImmutableArray<RetentionFound> found = [];
        string? failure = null;
        try
        {
            found = await runner.LookAsync(_stop.Token);
        }
        catch (Exception error)
        {
            failure = error.Message;
        }
        return new RetentionRun(started, clock.GetUtcNow(), DryRun: true, found, failure);
    }
}
