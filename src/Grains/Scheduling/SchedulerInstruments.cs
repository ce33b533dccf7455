using System.Diagnostics.Metrics;

namespace Farm.Grains.Scheduling;

/// <summary>Measures of the scheduler, meter <c>Farm.Scheduling</c>.</summary>
internal sealed class SchedulerInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Farm.Scheduling";

    private readonly Counter<long> _handOuts;
    private readonly Counter<long> _leasesEnded;
    private int _waiting;
    private int _running;
    private int _idleWorkers;

    public SchedulerInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _handOuts = meter.CreateCounter<long>("farm.scheduler.hand_outs", "{lease}", "Prompts handed to workers.");
        _leasesEnded = meter.CreateCounter<long>("farm.scheduler.leases_ended", "{lease}", "Leases that ended without renewal.");
        meter.CreateObservableGauge("farm.scheduler.waiting", () => Volatile.Read(ref _waiting), "{prompt}", "Prompts that wait.");
        meter.CreateObservableGauge("farm.scheduler.running", () => Volatile.Read(ref _running), "{prompt}", "Prompts under a lease.");
        meter.CreateObservableGauge("farm.scheduler.idle_workers", () => IdleWorkers, "{claim}", "Claims that wait.");
    }

    /// <summary>Claims that wait.</summary>
    public int IdleWorkers => Volatile.Read(ref _idleWorkers);

    /// <summary>A prompt was handed out.</summary>
    public void HandedOut() => _handOuts.Add(1);

    /// <summary>A lease ended without renewal.</summary>
    public void LeaseEnded() => _leasesEnded.Add(1);

    /// <summary>The sizes of the queue now.</summary>
    public void Sizes(int waiting, int running, int idleWorkers)
    {
        Volatile.Write(ref _waiting, waiting);
        Volatile.Write(ref _running, running);
        Volatile.Write(ref _idleWorkers, idleWorkers);
    }
}
