namespace Farm.Grains.Scheduling;

/// <summary>
/// Waiting prompts of one tenant and class. They stand in lanes, one for each distinct requirement, so that a worker which lacks what the
/// first prompt needs finds the first that it can run without walking the queue.
/// </summary>
internal sealed class PriorityLanes
{
    private const int MaxPassedBy = 32;

    private readonly IComparer<QueuedItem> _order;
    private readonly Dictionary<Requirement, Lane> _lanes = [];
    private readonly SortedSet<Lane> _byHead;

    public PriorityLanes(IComparer<QueuedItem> order)
    {
        _order = order;
        _byHead = new SortedSet<Lane>(Comparer<Lane>.Create((x, y) => order.Compare(x.Head, y.Head)));
    }

    /// <summary>Prompts that wait here.</summary>
    public int Count { get; private set; }

    /// <summary>The first of all; null when none waits.</summary>
    public QueuedItem? Head => _byHead.Min?.Head;

    /// <summary>Puts a prompt in its place.</summary>
    public void Add(QueuedItem item)
    {
        if (!_lanes.TryGetValue(item.Requirement, out var lane)) _lanes.Add(item.Requirement, lane = new Lane(_order));
        else _byHead.Remove(lane);
        lane.Items.Add(item);
        _byHead.Add(lane.Refresh());
        Count++;
    }

    /// <summary>Takes a prompt out.</summary>
    public void Remove(QueuedItem item)
    {
        var lane = _lanes[item.Requirement];
        _byHead.Remove(lane);
        lane.Items.Remove(item);
        if (lane.Items.Count > 0) _byHead.Add(lane.Refresh());
        else _lanes.Remove(item.Requirement);
        Count--;
    }

    /// <summary>The first prompt that is the first of its requirement and is taken; behind one that is passed by, the next. It keeps its place.</summary>
    public QueuedItem? First(Func<QueuedItem, bool> takes, Func<QueuedItem, bool> passesBy)
    {
        foreach (var lane in _byHead)
        {
            if (takes(lane.Head!)) return lane.Head;
            if (passesBy(lane.Head!) && lane.Items.Skip(1).Take(MaxPassedBy).SkipWhile(passesBy).FirstOrDefault() is { } next && takes(next)) return next;
        }
        return null;
    }

    /// <summary>About how many come before a prompt that waits here: as if the numbers between a lane's first and last were spread evenly.</summary>
    public int Ahead(QueuedItem item) => (int)_lanes.Values.Sum(lane => lane.Before(item.Number));

    /// <summary>The numbers at the ends of the lanes: where the number decides, the least and the most of all are among them.</summary>
    public IEnumerable<double> Numbers() => _lanes.Values.SelectMany(lane => new[] { lane.Items.Min!.Number, lane.Items.Max!.Number });

    /// <summary>All, in order.</summary>
    public IEnumerable<QueuedItem> Waiting()
    {
        var heads = new PriorityQueue<IEnumerator<QueuedItem>, QueuedItem>(_order);
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

    /// <summary>Waiting prompts with one requirement.</summary>
    private sealed class Lane(IComparer<QueuedItem> order)
    {
        public SortedSet<QueuedItem> Items { get; } = new(order);

        /// <summary>The first prompt as of the last refresh: it must not change while the lane stands in an ordered set.</summary>
        public QueuedItem? Head { get; private set; }

        public Lane Refresh()
        {
            Head = Items.Min;
            return this;
        }

        public double Before(double number)
        {
            var (first, last) = (Items.Min!.Number, Items.Max!.Number);
            if (number <= first) return 0;
            return number > last ? Items.Count : Items.Count * (number - first) / (last - first + 1);
        }
    }
}
