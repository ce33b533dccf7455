namespace Farm.Worker.Packs;

/// <summary>Calls code that may never come back.</summary>
internal static class PackCall
{
    /// <summary>
    /// Runs <paramref name="call"/> on a thread of its own. After <paramref name="limit"/> its token fires, and the wait ends whether it
    /// listens or not: a thread that does not end is left behind.
    /// </summary>
    /// <param name="call">What to run.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="running">The call itself, which may outlast the limit.</param>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public static Task<T> WithLimit<T>(Func<CancellationToken, ValueTask<T>> call, TimeSpan limit, TimeProvider time, out Task<T> running)
    {
        var cancel = new CancellationTokenSource(limit, time);
        running = Task.Factory.StartNew(
            () => call(cancel.Token).AsTask(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        return WaitAsync(running, cancel, limit, time);
    }

    private static async Task<T> WaitAsync<T>(Task<T> running, CancellationTokenSource cancel, TimeSpan limit, TimeProvider time)
    {
        try
        {
            return await running.WaitAsync(limit, time);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
        finally
        {
            await cancel.CancelAsync();
        }
    }
}
