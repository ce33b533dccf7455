using System.Diagnostics.Metrics;
using Farm.Contracts.Prompts;

namespace Farm.Worker;

/// <summary>Measures of a worker, meter <c>Farm.Worker</c>.</summary>
internal sealed class WorkerInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Farm.Worker";

    private readonly Counter<long> _attempts;

    public WorkerInstruments(IMeterFactory meters, WorkerIdentity identity, HostMemory memory, ActiveRuns runs)
    {
        var meter = meters.Create(MeterName);
        _attempts = meter.CreateCounter<long>("farm.worker.attempts", "{attempt}", "Attempts that ran here, by how they ended.");
        meter.CreateObservableGauge("farm.worker.leases", () => runs.Count, "{lease}", "Leases held.");
        meter.CreateObservableGauge("farm.worker.memory_size", () => Both(identity.TotalMemory, HostMemory.Total), "By", "Memory of the device and of the machine.");
        meter.CreateObservableGauge("farm.worker.memory_free", () => Both(identity.FreeMemory, memory.Available), "By", "Of that, free.");
    }

    /// <summary>An attempt ran to an end of its own.</summary>
    public void Ended(RunOutcome outcome) => Count(outcome.ToString());

    /// <summary>An attempt was stopped, because its lease or its worker went.</summary>
    public void CutShort() => Count("CutShort");

    private void Count(string end) => _attempts.Add(1, new KeyValuePair<string, object?>("outcome", end));

    // Where the processor computes both are the machine's.
    private static Measurement<long>[] Both(long device, long host) =>
        [new(device, new KeyValuePair<string, object?>("memory", "device")), new(host, new KeyValuePair<string, object?>("memory", "host"))];
}
