namespace Farm.Grains.Scheduling;

/// <summary>The prompts of one tenant: those that run, and those that wait, in lanes by class and requirement.</summary>
internal sealed class TenantQueue(string name, RankPolicy rank)
{
    private readonly PriorityLanes[] _classes = [.. Enumerable.Range(0, RankPolicy.Classes).Select(c => new PriorityLanes(RankPolicy.OrderOf(c)))];
    private readonly PriorityQueue<QueuedItem, long> _deadlines = new();
    private readonly Dictionary<string, QueuedItem> _byPromptId = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, QueuedItem> _running = [];

    /// <summary>The tenant's name.</summary>
    public string Name { get; } = name;

    /// <summary>Prompts that wait.</summary>
    public int WaitingCount { get; private set; }

    /// <summary>Prompts that run.</summary>
    public int RunningCount => _running.Count;

    /// <summary>Prompts that may run at a time.</summary>
    public int MaxRunning { get; init; } = int.MaxValue;

    /// <summary>Whether a prompt may be handed out.</summary>
    public bool HasTurn => WaitingCount > 0 && RunningCount < MaxRunning;

    /// <summary>Prompts that run or wait.</summary>
    public int Count => WaitingCount + _running.Count;

    /// <summary>Runs under a lease, in the order of hand-out.</summary>
    public IEnumerable<QueuedItem> Running => _running.Values.OrderBy(i => i.Lease!.Order);

    /// <summary>Runs under a lease, in no order.</summary>
    public IReadOnlyCollection<QueuedItem> Leased => _running.Values;

    /// <summary>A prompt that the tenant did not have; it waits, or runs when it has a lease.</summary>
    public void Add(QueuedItem item)
    {
        item.SamePromptId = _byPromptId.GetValueOrDefault(item.PromptId);
        _byPromptId[item.PromptId] = item;
        if (rank.UrgentAt(item) is { } time) _deadlines.Enqueue(item, time);
        Place(item);
    }

    /// <summary>Takes a prompt out, whether it waits or runs.</summary>
    public void Remove(QueuedItem item)
    {
        Displace(item);
        item.IsGone = true;
        var first = _byPromptId[item.PromptId];
        if (ReferenceEquals(first, item))
        {
            if (item.SamePromptId is { } next) _byPromptId[item.PromptId] = next;
            else _byPromptId.Remove(item.PromptId);
            return;
        }
        while (!ReferenceEquals(first.SamePromptId, item)) first = first.SamePromptId!;
        first.SamePromptId = item.SamePromptId;
    }

    /// <summary>Gives a waiting prompt a lease, or with null takes it away: the prompt changes its place.</summary>
    public void Lease(QueuedItem item, LeaseTerm? term)
    {
        Displace(item);
        item.Lease = term;
        Place(item);
    }

    /// <summary>The first waiting prompt that is taken; those behind one that is passed by are looked at. It keeps its place.</summary>
    public QueuedItem? First(Func<QueuedItem, bool> takes, Func<QueuedItem, bool> passesBy, DateTimeOffset now)
    {
        Promote(now.ToUnixTimeMilliseconds());
        QueuedItem? first = null;
        var key = long.MaxValue;
        for (var c = 0; c < _classes.Length; c++)
        {
            if (_classes[c].Count == 0 || _classes[c].First(takes, passesBy) is not { } item || rank.KeyOf(item, c) >= key) continue;
            (first, key) = (item, rank.KeyOf(item, c));
        }
        return first;
    }

    /// <summary>All prompts of that id.</summary>
    public IEnumerable<QueuedItem> Find(string promptId)
    {
        for (var item = _byPromptId.GetValueOrDefault(promptId); item is not null; item = item.SamePromptId) yield return item;
    }

    /// <summary>About how many of the tenant's prompts are handed out before one that waits.</summary>
    public int Ahead(QueuedItem item)
    {
        var own = RankPolicy.ClassOf(item);
        return _classes.Take(own).Sum(c => c.Count) + _classes[own].Ahead(item);
    }

    /// <summary>The least and the most number of those that wait; null when none does.</summary>
    public (double Least, double Most)? Numbers()
    {
        var numbers = _classes.SelectMany(c => c.Numbers()).ToArray();
        return numbers.Length == 0 ? null : (numbers.Min(), numbers.Max());
    }

    /// <summary>Waiting prompts in the order of their rank.</summary>
    public IEnumerable<QueuedItem> Waiting()
    {
        var classes = new List<(int Class, IEnumerator<QueuedItem> Items)>();
        for (var c = 0; c < _classes.Length; c++)
        {
            var items = _classes[c].Waiting().GetEnumerator();
            if (items.MoveNext()) classes.Add((c, items));
        }
        while (classes.Count > 0)
        {
            var next = classes.Count == 1 ? classes[0] : classes.MinBy(c => rank.KeyOf(c.Items.Current, c.Class));
            yield return next.Items.Current;
            if (next.Items.MoveNext()) continue;
            next.Items.Dispose();
            classes.Remove(next);
        }
    }

    /// <summary>Prompts whose deadline is near now change their class.</summary>
    private void Promote(long now)
    {
        while (_deadlines.TryPeek(out var item, out var time) && time <= now)
        {
            _deadlines.Dequeue();
            if (item.IsGone || item.IsUrgent) continue;
            var waits = item.Lease is null;
            if (waits) Displace(item);
            item.IsUrgent = true;
            if (waits) Place(item);
        }
    }

    private void Place(QueuedItem item)
    {
        if (item.Lease is not null)
        {
            _running.Add(item.RunId, item);
            return;
        }
        _classes[RankPolicy.ClassOf(item)].Add(item);
        WaitingCount++;
    }

    private void Displace(QueuedItem item)
    {
        if (_running.Remove(item.RunId)) return;
        _classes[RankPolicy.ClassOf(item)].Remove(item);
        WaitingCount--;
    }
}
