namespace Farm.Grains.Persistence;

/// <summary>
/// Reads by key. Those that come up while a read is under way share the next one, so that the cost of a query is divided by the load, and
/// one at a time waits for nobody.
/// </summary>
/// <param name="read">Reads what there is of the keys.</param>
/// <param name="most">Keys in one read at the most.</param>
internal sealed class GroupRead<TKey, TValue>(Func<TKey[], Task<Dictionary<TKey, TValue>>> read, int most)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _lock = new();
    private readonly Queue<Pending> _pending = new();
    private bool _reads;

    /// <summary>The value of a key; null when there is none.</summary>
    public Task<TValue?> FindAsync(TKey key)
    {
        var found = new TaskCompletionSource<TValue?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _pending.Enqueue(new Pending(key, found));
            if (_reads) return found.Task;
            _reads = true;
        }
        // Not in the turn of whoever came first: others wait for it too.
        _ = Task.Run(RunAsync);
        return found.Task;
    }

    private async Task RunAsync()
    {
        while (Take() is { Length: > 0 } group) await ReadAsync(group);
    }

    private Pending[] Take()
    {
        lock (_lock)
        {
            var group = new Pending[Math.Min(_pending.Count, most)];
            for (var i = 0; i < group.Length; i++) group[i] = _pending.Dequeue();
            _reads = group.Length > 0;
            return group;
        }
    }

    private async Task ReadAsync(Pending[] group)
    {
        try
        {
            var values = await read([.. group.Select(pending => pending.Key).Distinct()]);
            foreach (var pending in group) pending.Found.SetResult(values.GetValueOrDefault(pending.Key));
        }
        catch (Exception error)
        {
            // Whatever it was, it is each caller's answer.
            foreach (var pending in group) pending.Found.TrySetException(error);
        }
    }

    private sealed record Pending(TKey Key, TaskCompletionSource<TValue?> Found);
}
