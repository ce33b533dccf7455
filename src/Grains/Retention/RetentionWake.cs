using Farm.Contracts.Retention;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Retention;

/// <summary>Wakes the one grain from every silo, so that runs go on whichever silo dies.</summary>
internal sealed class RetentionWake(IGrainFactory grains, TimeProvider clock, IOptions<RetentionOptions> options, ILogger<RetentionWake> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(RetentionWake),
        ServiceLifecycleStage.Active,
        _ =>
        {
            if (options.Value.Interval > TimeSpan.Zero) _loop = Task.Run(WakeAsync, CancellationToken.None);
            return Task.CompletedTask;
        },
        async _ =>
        {
            await _stop.CancelAsync();
            await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

    private async Task WakeAsync()
    {
        // Not at once: a farm that starts has better things to do.
        using var timer = new PeriodicTimer(Look, clock);
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            try
            {
                await grains.GetGrain<IRetentionGrain>(IRetentionGrain.Key).WakeAsync();
            }
            catch (Exception error)
            {
                // Whatever it was: the store or a silo may be away, and the next look is soon.
                RetentionLog.WakeFailed(logger, error);
            }
        }
    }
}
