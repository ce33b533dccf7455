namespace Farm.Grains.Scheduling;

/// <summary>
/// The prompts of one tenant. Waiting ones stand in lanes, one for each distinct requirement, so that a worker which lacks
/// the classes of the first prompt finds the first that it can run without walking the queue.
/// </summary>
internal sealed class TenantQueue(string name)
{
    private readonly Dictionary<Requirement, Lane> _lanes = [];
    private readonly SortedSet<Lane> _lanesByHead = new(Lane.ByHead);
    private readonly Dictionary<string, QueuedItem> _byPromptId = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, QueuedItem> _running = [];

    /// <summary>The tenant's name.</summary>
    public string Name { get; } = name;

    /// <summary>Prompts that wait.</summary>
    public int WaitingCount { get; private set; }

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
        Place(item);
    }

    /// <summary>Takes a prompt out, whether it waits or runs.</summary>
    public void Remove(QueuedItem item)
    {
        Displace(item);
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

    /// <summary>The first waiting prompt that the worker can run; it keeps its place.</summary>
    public QueuedItem? First(WorkerClasses worker)
    {
        foreach (var lane in _lanesByHead)
        {
            if (worker.Has(lane.Requirement)) return lane.Head;
        }
        return null;
    }

    /// <summary>All prompts of that id.</summary>
    public IEnumerable<QueuedItem> Find(string promptId)
    {
        for (var item = _byPromptId.GetValueOrDefault(promptId); item is not null; item = item.SamePromptId) yield return item;
    }

    /// <summary>Waiting prompts in the order of their rank.</summary>
    public IEnumerable<QueuedItem> Waiting()
    {
        var heads = new PriorityQueue<IEnumerator<QueuedItem>, QueuedItem>(RankComparer.Instance);
        foreach (var lane in _lanes.Values)
        {
            var items = lane.Items.GetEnumerator();
            if (items.MoveNext()) heads.Enqueue(items, items.Current);
        }
        while (heads.TryDequeue(out var items, out var item))
        {
            yield return item;
            if (items.MoveNext()) heads.Enqueue(items, items.Current);
            else items.Dispose();
        }
    }

    private void Place(QueuedItem item)
    {
        if (item.Lease is not null)
        {
            _running.Add(item.RunId, item);
            return;
        }
        if (!_lanes.TryGetValue(item.Requirement, out var lane)) _lanes.Add(item.Requirement, lane = new Lane(item.Requirement));
        else _lanesByHead.Remove(lane);
        lane.Items.Add(item);
        _lanesByHead.Add(lane.Refresh());
        WaitingCount++;
    }

    private void Displace(QueuedItem item)
    {
        if (_running.Remove(item.RunId)) return;
        var lane = _lanes[item.Requirement];
        _lanesByHead.Remove(lane);
        lane.Items.Remove(item);
        if (lane.Items.Count > 0) _lanesByHead.Add(lane.Refresh());
        else _lanes.Remove(item.Requirement);
        WaitingCount--;
    }

    /// <summary>Waiting prompts with one requirement.</summary>
    private sealed class Lane(Requirement requirement)
    {
        /// <summary>Orders lanes by their first prompts.</summary>
        public static readonly IComparer<Lane> ByHead =
            Comparer<Lane>.Create((x, y) => RankComparer.Instance.Compare(x.Head, y.Head));

        public Requirement Requirement { get; } = requirement;

        public SortedSet<QueuedItem> Items { get; } = new(RankComparer.Instance);

        /// <summary>The first prompt as of the last refresh: it must not change while the lane stands in an ordered set.</summary>
        public QueuedItem? Head { get; private set; }

        public Lane Refresh()
        {
            Head = Items.Min;
            return this;
        }
    }
}
