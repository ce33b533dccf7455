using Farm.Contracts.Prompts;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Scheduling;

/// <summary>
/// What prompts need of a device's memory, as earlier runs took it: the peak of each shape, and the size of each model, by kind of device, for
/// each computes in types of its own. A peak rises at once
/// and falls slowly, for a run whose results were cached in part takes less than the next may. Bounded: what was not seen for longest goes.
/// Used from one grain's turns only.
/// </summary>
internal sealed class MemoryNeeds(IMemoryStore store, IOptions<SchedulingOptions> options, TimeProvider clock, ILogger<MemoryNeeds> logger)
{
    private const string ShapeMark = "shape:", ModelMark = "model:";
    private const double Fall = 0.1;
    private const double WorthStoring = 0.01;
    private static readonly TimeSpan Refresh = TimeSpan.FromDays(1);

    private readonly Dictionary<string, MemoryFigure> _figures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MemoryFigure> _stored = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    /// <summary>Reads what earlier runs taught. Without it prompts are placed as if nothing was measured.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        foreach (var figure in await store.LoadAsync(cancellation)) _figures[figure.Name] = _stored[figure.Name] = figure;
    }

    /// <summary>The peak of runs of this prompt's shape on a kind of device; 0 when none is known.</summary>
    public long PeakOf(QueuedItem item, string device) => Bytes(ShapeMark, device, item.Shape.Name);

    /// <summary>What its device should have: the peak of its shape, or else what its models take in memory, or else in their files.</summary>
    public long EstimateOf(QueuedItem item, string device)
    {
        if (PeakOf(item, device) is > 0 and var peak) return peak;
        var models = item.Requirement.Models;
        return models.All(model => Bytes(ModelMark, device, model) > 0) && !models.IsEmpty ? models.Sum(model => Bytes(ModelMark, device, model)) : item.FileBytes;
    }

    /// <summary>A run of the shape has succeeded on a kind of device.</summary>
    public void Measure(RunShape shape, RunUsage usage, string device)
    {
        foreach (var model in usage.Models) Set(ModelMark, device, model.File, model.Bytes);
        if (usage.PeakMemory <= 0) return;
        var known = Bytes(ShapeMark, device, shape.Name);
        Set(ShapeMark, device, shape.Name, usage.PeakMemory >= known ? usage.PeakMemory : known - (long)(Fall * (known - usage.PeakMemory)));
    }

    /// <summary>A run of the shape has found a device of so much memory too small.</summary>
    public void RanOut(RunShape shape, long total, string device)
    {
        if (total > 0 && Bytes(ShapeMark, device, shape.Name) <= total) Set(ShapeMark, device, shape.Name, total + 1);
    }

    /// <summary>Stores what has changed since the last time; a store that is away is tried again at the next.</summary>
    public async Task SaveAsync()
    {
        var changed = _changed.Select(name => _figures.GetValueOrDefault(name)).OfType<MemoryFigure>().Where(IsWorthStoring).ToArray();
        string[] removed = [.. _stored.Keys.Where(name => !_figures.ContainsKey(name))];
        _changed.Clear();
        if (changed.Length + removed.Length == 0) return;
        try
        {
            await store.SaveAsync(changed, removed);
            foreach (var figure in changed) _stored[figure.Name] = figure;
            foreach (var name in removed) _stored.Remove(name);
        }
        catch (Exception error)
        {
            SchedulingLog.MemoryNotStored(logger, error);
            _changed.UnionWith(changed.Select(figure => figure.Name));
        }
    }

    private bool IsWorthStoring(MemoryFigure figure) => !_stored.TryGetValue(figure.Name, out var stored)
        || Math.Abs(figure.Bytes - stored.Bytes) > WorthStoring * stored.Bytes || figure.SeenAt - stored.SeenAt > Refresh.TotalMilliseconds;

    private long Bytes(string mark, string device, string name) => name.Length == 0 ? 0 : _figures.GetValueOrDefault(KeyOf(mark, device, name))?.Bytes ?? 0;

    private static string KeyOf(string mark, string device, string name) => $"{mark}{device}:{name}";

    private void Set(string mark, string device, string name, long bytes)
    {
        if (name.Length == 0 || bytes <= 0) return;
        var key = KeyOf(mark, device, name);
        _figures[key] = new MemoryFigure(key, bytes, clock.GetUtcNow().ToUnixTimeMilliseconds());
        _changed.Add(key);
        if (_figures.Count <= options.Value.MemoryFigures) return;
        // A tenth at a time, so that the oldest are not looked for at every run.
        foreach (var old in _figures.Values.OrderBy(figure => figure.SeenAt).Take(Math.Max(1, _figures.Count / 10)).ToArray()) _figures.Remove(old.Name);
    }
}
