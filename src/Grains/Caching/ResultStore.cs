using Farm.Contracts.Caching;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Caching;

/// <summary>
/// The results that a silo keeps, the longest unused going first when room is short, and who computes one right now. Safe for several
/// threads.
/// </summary>
internal sealed class ResultStore(
    IOptions<SharedResultsOptions> options, TimeProvider clock, IHostApplicationLifetime host, SharedResultsInstruments instruments)
{
    /// <summary>What an entry takes beside its bytes, about.</summary>
    private const int EntryOverhead = 512;

    /// <summary>From so many on, those whose worker went silent are looked for.</summary>
    private const int ManyFlights = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<ResultKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _latestFirst = [];
    private readonly Dictionary<ResultKey, Flight> _flights = [];
    private long _bytes;

    private SharedResultsOptions Options => options.Value;

    /// <summary>See <see cref="ISharedResultsGrain.FindAsync"/>. Patience counts up to the silo's own limit.</summary>
    public async Task<SharedResult?> FindAsync(ResultKey key, TimeSpan patience)
    {
        var until = clock.GetUtcNow() + (patience < Options.MaxPatience ? patience : Options.MaxPatience);
        while (true)
        {
            Task ended;
            lock (_gate)
            {
                if (Get(key) is { } found)
                    return found;
                if (Join(key) is not { } flight)
                    return null;
                ended = flight.Ended.Task;
            }
            if (until - clock.GetUtcNow() is not { Ticks: > 0 } left)
                return null;
            await ended.WaitAsync(left, clock, host.ApplicationStopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (!ended.IsCompletedSuccessfully)
                return null;
        }
    }

    /// <summary>Keeps a result, unless it is too large.</summary>
    public void Store(ResultKey key, SharedResult result)
    {
        lock (_gate)
        {
            if (result.Bytes.Length <= Options.MaxEntryBytes)
            {
                Remove(key);
                _entries.Add(key, _latestFirst.AddFirst(new Entry(key, result) { UsedAt = clock.GetUtcNow() }));
                _bytes += SizeOf(result);
                MakeRoom();
                instruments.Sizes(_entries.Count, _bytes);
            }
            End(key);
        }
    }

    /// <summary>Nobody computes the result any more.</summary>
    public void GiveUp(ResultKey key)
    {
        lock (_gate)
            End(key);
    }

    private SharedResult? Get(ResultKey key)
    {
        if (!_entries.TryGetValue(key, out var node))
            return null;
        if (IsOld(node.Value))
        {
            Remove(key);
            return null;
        }
        node.Value.UsedAt = clock.GetUtcNow();
        _latestFirst.Remove(node);
        _latestFirst.AddFirst(node);
        return node.Value.Result;
    }

    // Null when there is nobody to wait for: the caller is the one from now on.
    private Flight? Join(ResultKey key)
    {
        if (_flights.TryGetValue(key, out var flight) && !IsSilent(flight))
            return flight;
        if (_flights.Count >= ManyFlights)
        {
            foreach (var silent in _flights.Where(f => IsSilent(f.Value)).Select(f => f.Key).ToList())
                End(silent);
        }
        End(key);
        _flights.Add(key, new Flight(clock.GetUtcNow(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        return null;
    }

    private void End(ResultKey key)
    {
        if (_flights.Remove(key, out var flight))
            flight.Ended.SetResult();
    }

    private void MakeRoom()
    {
        while (_latestFirst.Last is { } last && (_bytes > Options.MaxTotalBytes || IsOld(last.Value)))
        {
            Remove(last.Value.Key);
            instruments.Evicted();
        }
    }

    private void Remove(ResultKey key)
    {
        if (!_entries.Remove(key, out var node))
            return;
        _latestFirst.Remove(node);
        _bytes -= SizeOf(node.Value.Result);
    }

    private bool IsOld(Entry entry) => clock.GetUtcNow() - entry.UsedAt > Options.TimeToLive;

    private bool IsSilent(Flight flight) => clock.GetUtcNow() - flight.Since >= Options.MaxPatience;

    private static long SizeOf(SharedResult result) => result.Bytes.LongLength + EntryOverhead;

    private sealed class Entry(ResultKey key, SharedResult result)
    {
        public ResultKey Key { get; } = key;

        public SharedResult Result { get; } = result;

        public DateTimeOffset UsedAt { get; set; }
    }

    private sealed record Flight(DateTimeOffset Since, TaskCompletionSource Ended);
}
