using System.Diagnostics.Metrics;
using Farm.Contracts.Prompts;

namespace Farm.Grains.Prompts;

/// <summary>Measures of prompts, meter <c>Farm.Prompts</c>; also counts the waiting ones whose grains are in memory.</summary>
internal sealed class PromptInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Farm.Prompts";

    private readonly Counter<long> _submitted;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _lost;
    private readonly Histogram<double> _duration;
    private int _residentWaiting;

    public PromptInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _submitted = meter.CreateCounter<long>("farm.prompts.submitted", "{prompt}", "Prompts committed.");
        _ended = meter.CreateCounter<long>("farm.prompts.ended", "{prompt}", "Prompts that ended, by outcome.");
        _lost = meter.CreateCounter<long>("farm.prompts.attempts_lost", "{attempt}", "Attempts whose worker went silent.");
        _duration = meter.CreateHistogram<double>("farm.prompts.duration", "s", "From the start of the last attempt to the end.");
        meter.CreateObservableGauge("farm.prompts.resident_waiting", () => ResidentWaiting, "{prompt}", "Waiting prompts in memory.");
    }

    /// <summary>Waiting prompts whose grains are in memory of this silo.</summary>
    public int ResidentWaiting => Volatile.Read(ref _residentWaiting);

    /// <summary>A prompt was committed.</summary>
    public void Submitted() => _submitted.Add(1);

    /// <summary>An attempt was lost.</summary>
    public void Lost() => _lost.Add(1);

    /// <summary>A prompt ended.</summary>
    public void Ended(RunOutcome outcome, TimeSpan? duration)
    {
        _ended.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
        if (duration is { } time) _duration.Record(time.TotalSeconds);
    }

    /// <summary>A waiting prompt's grain came into memory (+1) or left or is waiting no more (-1).</summary>
    public void Resident(int change) => Interlocked.Add(ref _residentWaiting, change);
}
