using Farm.Contracts.Catalog;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;
using Farm.Worker.Health;
using Microsoft.Extensions.Options;

namespace Farm.Worker;

/// <summary>
/// The worker's life: joins the farm, asks for work and does it, renews its leases, and leaves. Every exchange starts here; a farm that
/// does not answer is asked again, and no failure of a prompt ends the loop.
/// </summary>
internal sealed class WorkerLoop(
    IGrainFactory grains, WorkerIdentity identity, WorkerLanes lanes, RunJob job, ActiveRuns runs, LackedFiles lacked, LookAhead ahead, WorkerPulse pulse,
    DrainSwitch drain, IHostApplicationLifetime host, IOptions<WorkerOptions> options, TimeProvider clock, ILogger<WorkerLoop> logger) : BackgroundService
{
    private readonly WorkerOptions _options = options.Value;
    private readonly CancellationTokenSource _gone = new();
    private int _drainedLanes;

    private ICatalogGrain Catalog => grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key);

    private ISchedulerGrain Scheduler => grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key);

    /// <summary>Stops claiming, lets prompts end within the grace period, gives back the others, and leaves.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        using var grace = new CancellationTokenSource(_options.ShutdownGrace, clock);
        using var giveBack = grace.Token.Register(runs.GiveBackAll);
        await base.StopAsync(cancellationToken);
        await _gone.CancelAsync();
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _gone.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await UntilDoneAsync(JoinAsync, stoppingToken);
        using var working = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        Task[] upkeep = [EveryAsync(_options.HeartbeatInterval, HeartbeatAsync, working.Token), EveryAsync(_options.RenewInterval, RenewAsync, working.Token)];
        await Task.WhenAll(lanes.All.Select(lane => WorkAsync(lane, stoppingToken)));
        await working.CancelAsync();
        await Task.WhenAll(upkeep);
        await TryAsync(() => Catalog.LeaveAsync(identity.Name));
    }

    private async Task WorkAsync(WorkerLane lane, CancellationToken stopping)
    {
        var handingIn = Task.CompletedTask;
        while (!stopping.IsCancellationRequested)
        {
            if (drain.State is not WorkerDrain.None and var order)
            {
                await handingIn;
                await RestAsync(order, stopping);
                continue;
            }
            var lease = await ClaimAsync(stopping);
            // The last prompt's closing events come before the first ones of the next.
            await handingIn;
            if (lease is not null)
                handingIn = await RunAsync(lease, lane);
        }
        await handingIn;
    }

    /// <summary>Waits for another order. The last lane that comes to rest ends the process, if that is the order.</summary>
    private async Task RestAsync(WorkerDrain order, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(drain.Changed, stopping);
        // The order may be over between the look at it and the look at its token.
        if (drain.State != order)
            return;
        if (Interlocked.Increment(ref _drainedLanes) == lanes.All.Count && order == WorkerDrain.Leaves)
        {
            logger.Drained(identity.Name);
            host.StopApplication();
        }
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref _drainedLanes);
    }

    private async Task<Lease?> ClaimAsync(CancellationToken stopping)
    {
        Task<Lease?>? claiming = null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(drain.Changed, stopping);
        if (drain.State != WorkerDrain.None)
            return null;
        try
        {
            var claim = new WorkerClaim
            {
                WorkerId = identity.Name,
                ManifestHash = identity.ManifestHash,
                Patience = _options.ClaimPatience,
                FreeMemory = identity.FreeMemory,
                ResidentModels = identity.ResidentModels,
                Labels = identity.Labels,
                Pool = identity.Pool,
                TotalMemory = identity.TotalMemory,
                Device = identity.DeviceKind,
                LackedFiles = await lacked.NowAsync(),
            };
            claiming = Scheduler.ClaimAsync(claim);
            var lease = await claiming.WaitAsync(either.Token);
            pulse.Answered();
            // Renewed from now on, also while the result of the prompt before is still being handed in.
            if (lease is null)
            {
                ahead.Idle();
                return null;
            }
            runs.Add(lease);
            ahead.Stop();
            return lease;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            if (claiming is not null)
                await ReturnLateAsync(claiming);
            return null;
        }
        catch (Exception failure)
        {
            await PauseAsync(failure, stopping);
            return null;
        }
    }

    // A prompt that is handed out while the worker already leaves goes straight back. The worker waits for it: else the prompt would wait for the
    // lease to end.
    private Task ReturnLateAsync(Task<Lease?> claiming) => TryAsync(async () =>
    {
        if (await claiming.WaitAsync(_options.ClaimPatience + _options.RetryDelay, clock) is { } lease)
            await grains.GetGrain<IPromptGrain>(lease.RunId).LoseAttemptAsync(lease.Attempt, "its worker was stopped", givenBack: true);
    });

    // The task inside hands the result in.
    private async Task<Task> RunAsync(Lease lease, WorkerLane lane)
    {
        try
        {
            if (await BeginAsync(lease) is not { } work)
            {
                runs.Remove(lease);
                return Task.CompletedTask;
            }
            if (await lacked.FindNewAsync(work.Submission) is { } file)
            {
                await grains.GetGrain<IPromptGrain>(lease.RunId).LoseAttemptAsync(lease.Attempt, $"its worker does not have the model file {file}", givenBack: true);
                runs.Remove(lease);
                return Task.CompletedTask;
            }
            var ran = await job.ExecuteAsync(work, lane, reporter => runs.Started(lease, reporter));
            return HandInAsync(ran, lease);
        }
        catch (Exception failure)
        {
            // The lease is not renewed any more: the scheduler hands the prompt out again.
            runs.Remove(lease);
            logger.StepFailed(failure, lease.RunId, lease.Attempt, "beginning the run");
            return Task.CompletedTask;
        }
    }

    /// <summary>
    /// Fetches the work, again and again while the lease is held: the database may be away, or a silo be moving. Null when there is nothing
    /// to run any more, or the worker stops.
    /// </summary>
    private async Task<PromptJob?> BeginAsync(Lease lease)
    {
        var prompt = grains.GetGrain<IPromptGrain>(lease.RunId);
        while (runs.Holds(lease))
        {
            try
            {
                return await prompt.BeginAsync(lease.Attempt, identity.Name);
            }
            catch (Exception failure)
            {
                logger.StepFailed(failure, lease.RunId, lease.Attempt, "beginning the run");
                await Task.Delay(_options.RetryDelay, clock, _gone.Token);
            }
        }
        return null;
    }

    private async Task HandInAsync(Ran ran, Lease lease)
    {
        await ran.HandInAsync(_gone.Token);
        runs.Remove(lease);
    }

    private async Task JoinAsync()
    {
        await grains.GetGrain<ILocalWorkerGrain>(identity.Name).AttachAsync();
        var manifest = identity.Manifest();
        await Catalog.RegisterAsync(manifest);
        logger.Joined(identity.Name, manifest.Definitions.Length);
    }

    private async Task HeartbeatAsync()
    {
        await grains.GetGrain<ILocalWorkerGrain>(identity.Name).AttachAsync();
        if (!await Catalog.HeartbeatAsync(identity.Status()))
            await JoinAsync();
    }

    private async Task RenewAsync()
    {
        var leases = runs.Leases;
        if (leases.IsEmpty)
            return;
        foreach (var lost in await Scheduler.RenewAsync(identity.Name, leases))
            runs.Abandon(lost);
    }

    private async Task UntilDoneAsync(Func<Task> step, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await step();
                return;
            }
            catch (Exception failure)
            {
                await PauseAsync(failure, stopping);
            }
        }
    }

    private async Task EveryAsync(TimeSpan interval, Func<Task> step, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await Task.Delay(interval, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!cancel.IsCancellationRequested)
                await TryAsync(step);
        }
    }

    private async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception failure)
        {
            logger.FarmUnreachable(identity.Name, failure.Message);
        }
    }

    private async Task PauseAsync(Exception failure, CancellationToken stopping)
    {
        logger.FarmUnreachable(identity.Name, failure.Message);
        await Task.Delay(_options.RetryDelay, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
