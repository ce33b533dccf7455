using System.Diagnostics.Metrics;
using Farm.Engine.Memory;

namespace Farm.Worker;

/// <summary>Measures of the networks in a worker's memory, meter <c>Farm.Models</c>.</summary>
internal sealed class ModelInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Farm.Models";

    private readonly TimeProvider _clock;
    private readonly Meter _meter;
    private readonly Histogram<double> _loads;

    public ModelInstruments(IMeterFactory meters, TimeProvider clock)
    {
        _clock = clock;
        _meter = meters.Create(MeterName);
        _loads = _meter.CreateHistogram<double>("farm.models.load_duration", "s", "Loads of networks, by part of the model.");
    }

    /// <summary>Takes the time of a network's load, until what it gives is disposed.</summary>
    public IDisposable Loading(string name) => new Load(this, PartOf(name), _clock.GetTimestamp());

    /// <summary>Measures what is resident.</summary>
    public void Watch(ModelMemory memory)
    {
        _meter.CreateObservableGauge("farm.models.resident", () => memory.Residents.Count, "{network}", "Networks in memory.");
        _meter.CreateObservableGauge("farm.models.resident_size", () => memory.ResidentBytes, "By", "Bytes of their weights.");
    }

    /// <summary>Networks are named by file and part: <c>v1-5.safetensors unet</c>.</summary>
    private static string PartOf(string name) => name[(name.LastIndexOf(' ') + 1)..];

    private sealed class Load(ModelInstruments instruments, string part, long startedAt) : IDisposable
    {
        public void Dispose() => instruments._loads.Record(
            instruments._clock.GetElapsedTime(startedAt).TotalSeconds, new KeyValuePair<string, object?>("part", part));
    }
}
