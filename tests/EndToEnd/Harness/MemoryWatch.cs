namespace Farm.EndToEnd.Harness;

/// <summary>Watches a farm's anonymous memory while something is done.</summary>
public static class MemoryWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>MiB before, and the most that was seen during <paramref name="work"/>.</summary>
    public static async Task<(double Before, double Most)> DuringAsync(FarmProcess farm, Func<Task> work)
    {
        var before = farm.AnonymousMemory();
        var most = before;
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(Interval);
            try
            {
                while (await timer.WaitForNextTickAsync(stop.Token))
                    most = Math.Max(most, farm.AnonymousMemory());
            }
            catch (OperationCanceledException)
            {
                // The work is done.
            }
        });
        await work();
        await stop.CancelAsync();
        await watching;
        return (before, Math.Max(most, farm.AnonymousMemory()));
    }
}
