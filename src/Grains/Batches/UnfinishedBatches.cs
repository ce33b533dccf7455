using Farm.Contracts.Batches;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Batches;

/// <summary>
/// Wakes the batches that are not over, at the start of this silo and at intervals: those whose silo died are gone on with by another.
/// </summary>
internal sealed class UnfinishedBatches(
    IBatchStore store, IGrainFactory grains, TimeProvider clock, IOptions<BatchOptions> options, ILogger<UnfinishedBatches> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(UnfinishedBatches),
        ServiceLifecycleStage.Active,
        _ =>
        {
            _loop = Task.Run(ScanAsync, CancellationToken.None);
            return Task.CompletedTask;
        },
        async _ =>
        {
            await _stop.CancelAsync();
            await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

    private async Task ScanAsync()
    {
        using var timer = new PeriodicTimer(options.Value.ScanInterval, clock);
        do
        {
            try
            {
                foreach (var batch in await store.UnfinishedAsync()) await WakeAsync(batch);
            }
            catch (Exception error)
            {
                // Whatever it was: the store or a silo may be away, and the next look is soon.
                BatchLog.ScanFailed(logger, error);
            }
        }
        while (await timer.WaitForNextTickAsync(_stop.Token));
    }

    /// <summary>One that cannot be woken keeps no other from it.</summary>
    private async Task WakeAsync(Guid batch)
    {
        try
        {
            await grains.GetGrain<IBatchGrain>(batch).WakeAsync();
        }
        catch (Exception error)
        {
            BatchLog.NotWoken(logger, error, batch);
        }
    }
}
