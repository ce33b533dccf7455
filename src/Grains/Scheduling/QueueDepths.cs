namespace Farm.Grains.Scheduling;

/// <summary>What waits, by pool and tenant: how many, how long the oldest, and how many seconds of work. Kept up to date as prompts come and go.</summary>
internal sealed class QueueDepths
{
    private readonly Dictionary<(string Pool, string Tenant), Line> _lines = [];

    /// <summary>All that wait.</summary>
    public int Count { get; private set; }

    /// <summary>A prompt waits.</summary>
    public void Add(QueuedItem item)
    {
        var key = (item.Requirement.Pool, item.Tenant.Name);
        if (!_lines.TryGetValue(key, out var line)) _lines.Add(key, line = new Line());
        line.Add(item);
        Count++;
    }

    /// <summary>A prompt that waited waits no more; called before it is given a lease or taken out.</summary>
    public void Remove(QueuedItem item)
    {
        var key = (item.Requirement.Pool, item.Tenant.Name);
        _lines[key].Remove(item);
        if (_lines[key].Count == 0) _lines.Remove(key);
        Count--;
    }

    /// <summary>Each pool and tenant that has waiting prompts.</summary>
    public IEnumerable<QueueDepth> Read() => _lines.Select(l => new QueueDepth(l.Key.Pool, l.Key.Tenant, l.Value.Count, l.Value.Oldest, l.Value.Seconds));

    private sealed class Line
    {
        private const int Slack = 1_000;

        private readonly Dictionary<RunShape, int> _shapes = [];

        // Those that no longer wait stay in here until they come first or are too many.
        private PriorityQueue<QueuedItem, long> _byAge = new();

        public int Count { get; private set; }

        public double Seconds => _shapes.Sum(s => s.Value * s.Key.Expected.TotalSeconds);

        public long Oldest
        {
            get
            {
                QueuedItem? first;
                long since;
                while (_byAge.TryPeek(out first, out since) && !Waits(first, since)) _byAge.Dequeue();
                return since;
            }
        }

        public void Add(QueuedItem item)
        {
            Count++;
            _shapes[item.Shape] = _shapes.GetValueOrDefault(item.Shape) + 1;
            if (_byAge.Count > (2 * Count) + Slack) _byAge = new(_byAge.UnorderedItems.Where(i => Waits(i.Element, i.Priority)));
            _byAge.Enqueue(item, item.WaitsSince);
        }

        public void Remove(QueuedItem item)
        {
            Count--;
            if (--_shapes[item.Shape] == 0) _shapes.Remove(item.Shape);
        }

        private static bool Waits(QueuedItem item, long since) => item.Lease is null && !item.IsGone && item.WaitsSince == since;
    }
}

/// <summary>What waits of one tenant for one pool.</summary>
/// <param name="Pool">The pool; empty for the workers that are in none.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Count">Prompts.</param>
/// <param name="Oldest">Since when the first of them waits, in milliseconds since 1970.</param>
/// <param name="Seconds">How long a single worker would take for them, by the measured times of their shapes.</param>
internal sealed record QueueDepth(string Pool, string Tenant, int Count, long Oldest, double Seconds);
