using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Scheduling;

/// <summary>
/// Measures of the scheduler, meter <c>Farm.Scheduling</c>. Tenants and pools are labels up to
/// <see cref="SchedulingOptions.MeasuredTenants"/> of each, those that come first; all others count as <c>other</c>.
/// </summary>
internal sealed class SchedulerInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Farm.Scheduling";

    private readonly Counter<long> _handOuts;
    private readonly Counter<long> _leasesEnded;
    private readonly Histogram<double> _latency;
    private readonly LabelSet _pools;
    private readonly LabelSet _tenants;
    private readonly Readings<(string Pool, string Tenant), int> _depth = new();
    private readonly Readings<(string Pool, string Tenant), double> _age = new();
    private readonly Readings<string, double> _seconds = new();
    private readonly Readings<string, int> _workers = new();
    private int _waiting;
    private int _running;
    private int _idleWorkers;

    public SchedulerInstruments(IMeterFactory meters, IOptions<SchedulingOptions> options)
    {
        (_pools, _tenants) = (new LabelSet(options.Value.MeasuredTenants), new LabelSet(options.Value.MeasuredTenants));
        var meter = meters.Create(MeterName);
        _handOuts = meter.CreateCounter<long>("farm.scheduler.hand_outs", "{lease}", "Prompts handed to workers.");
        _leasesEnded = meter.CreateCounter<long>("farm.scheduler.leases_ended", "{lease}", "Leases that ended without renewal.");
        _latency = meter.CreateHistogram<double>("farm.scheduler.hand_out_latency", "s", "From a prompt's coming to wait to its being handed out.");
        meter.CreateObservableGauge("farm.scheduler.waiting", () => Volatile.Read(ref _waiting), "{prompt}", "Prompts that wait.");
        meter.CreateObservableGauge("farm.scheduler.running", () => Volatile.Read(ref _running), "{prompt}", "Prompts under a lease.");
        meter.CreateObservableGauge("farm.scheduler.idle_workers", () => IdleWorkers, "{claim}", "Claims that wait.");
        meter.CreateObservableGauge("farm.scheduler.workers", () => _workers.Observe(Pool), "{worker}", "Workers heard of lately, by pool.");
        meter.CreateObservableGauge("farm.queue.depth", () => _depth.Observe(PoolAndTenant), "{prompt}", "Prompts that wait, by pool and tenant.");
        meter.CreateObservableGauge("farm.queue.oldest_age", () => _age.Observe(PoolAndTenant), "s", "How long the oldest of them waits.");
        meter.CreateObservableGauge("farm.pool.queue_seconds", () => _seconds.Observe(Pool), "s", "How long one worker would take for what waits for the pool.");
        // From the start, so that a farm without workers or prompts shows a 0, not a gap.
        Queue([], 0);
        Workers([""]);
        Workers([]);
    }

    /// <summary>Claims that wait.</summary>
    public int IdleWorkers => Volatile.Read(ref _idleWorkers);

    /// <summary>A prompt was handed out that waited so long.</summary>
    public void HandedOut(string pool, string tenant, TimeSpan waited)
    {
        _handOuts.Add(1);
        // What is handed out at once is never seen to wait, but its tenant is there.
        _depth.Know((LabelOf(pool), _tenants.Of(tenant)));
        _age.Know((LabelOf(pool), _tenants.Of(tenant)));
        _latency.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("pool", LabelOf(pool)));
    }

    /// <summary>A lease ended without renewal.</summary>
    public void LeaseEnded() => _leasesEnded.Add(1);

    /// <summary>The sizes of the queue now.</summary>
    public void Sizes(int waiting, int running, int idleWorkers)
    {
        Volatile.Write(ref _waiting, waiting);
        Volatile.Write(ref _running, running);
        Volatile.Write(ref _idleWorkers, idleWorkers);
    }

    /// <summary>What waits now, by pool and tenant.</summary>
    /// <param name="depths">Each pool and tenant that has waiting prompts.</param>
    /// <param name="now">In milliseconds since 1970.</param>
    public void Queue(IEnumerable<QueueDepth> depths, long now)
    {
        var lines = depths.Select(d => (Pool: LabelOf(d.Pool), Tenant: _tenants.Of(d.Tenant), Depth: d)).ToArray();
        _depth.Set(lines.GroupBy(l => (l.Pool, l.Tenant)).Select(g => KeyValuePair.Create(g.Key, g.Sum(l => l.Depth.Count))));
        _age.Set(lines.GroupBy(l => (l.Pool, l.Tenant)).Select(g => KeyValuePair.Create(g.Key, Math.Max(0, now - g.Min(l => l.Depth.Oldest)) / 1000.0)));
        _seconds.Set(lines.GroupBy(l => l.Pool).Select(g => KeyValuePair.Create(g.Key, g.Sum(l => l.Depth.Seconds))));
    }

    /// <summary>The pools of the workers that live, one each.</summary>
    public void Workers(IEnumerable<string> pools)
    {
        var counts = pools.CountBy(LabelOf).ToArray();
        _workers.Set(counts);
        // A pool that has workers shows that nothing waits for it.
        foreach (var (pool, _) in counts) _seconds.Know(pool);
    }

    private string LabelOf(string pool) => _pools.Of(pool.Length == 0 ? "default" : pool);

    private static TagList Pool(string pool) => new() { { "pool", pool } };

    private static TagList PoolAndTenant((string Pool, string Tenant) key) => new() { { "pool", key.Pool }, { "tenant", key.Tenant } };

    /// <summary>Values by label; one that is gone is told as 0, since a gauge's last value would stand otherwise.</summary>
    private sealed class Readings<TKey, TValue>
        where TKey : notnull
        where TValue : struct
    {
        private ImmutableDictionary<TKey, TValue> _values = ImmutableDictionary<TKey, TValue>.Empty;

        public void Set(IEnumerable<KeyValuePair<TKey, TValue>> values) =>
            Volatile.Write(ref _values, _values.Keys.ToImmutableDictionary(k => k, _ => default(TValue)).SetItems(values));

        public void Know(TKey key)
        {
            if (!_values.ContainsKey(key)) Volatile.Write(ref _values, _values.Add(key, default));
        }

        public IEnumerable<Measurement<TValue>> Observe(Func<TKey, TagList> tags) =>
            Volatile.Read(ref _values).Select(v => new Measurement<TValue>(v.Value, tags(v.Key)));
    }
}
