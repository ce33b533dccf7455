using Farm.Contracts.Scheduling;

namespace Farm.Grains.Scheduling;

/// <summary>Workers that wait for work, the longest waiting first.</summary>
internal sealed class WaitingClaims
{
    private readonly LinkedList<WaitingClaim> _claims = new();

    /// <summary>How many wait.</summary>
    public int Count => _claims.Count;

    /// <summary>All, the longest waiting first.</summary>
    public IEnumerable<WaitingClaim> All => _claims;

    /// <summary>A worker waits from now on.</summary>
    public WaitingClaim Add(WorkerClaim claim, KnownWorker worker)
    {
        var waiting = new WaitingClaim(claim, worker);
        waiting.Place = _claims.AddLast(waiting);
        return waiting;
    }

    /// <summary>The worker waits no more.</summary>
    public static void Remove(WaitingClaim waiting)
    {
        if (waiting.Place is { List: { } claims } place) claims.Remove(place);
        waiting.Place = null;
    }

    /// <summary>Sends all away without work, or those that are meant: they may ask again at once.</summary>
    public void Dismiss(Func<WaitingClaim, bool>? which = null)
    {
        foreach (var waiting in _claims.Where(claim => which?.Invoke(claim) ?? true).ToArray())
        {
            Remove(waiting);
            waiting.Given.TrySetResult(null);
        }
    }
}

/// <summary>One waiting worker.</summary>
internal sealed class WaitingClaim(WorkerClaim claim, KnownWorker worker)
{
    /// <summary>What it asked for.</summary>
    public WorkerClaim Claim { get; } = claim;

    /// <summary>Who it is.</summary>
    public KnownWorker Worker { get; } = worker;

    /// <summary>The prompt it was given, already leased; null when it was sent away.</summary>
    public TaskCompletionSource<QueuedItem?> Given { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Its place in line; null once it has left.</summary>
    public LinkedListNode<WaitingClaim>? Place { get; set; }
}
