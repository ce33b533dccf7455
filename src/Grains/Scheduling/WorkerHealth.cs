using System.Collections.Immutable;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;

namespace Farm.Grains.Scheduling;

/// <summary>Counts what goes wrong on workers' side, and who is set aside for it: the same fault so many times in a row.</summary>
/// <param name="limit">How many times; 0 for none ever.</param>
/// <param name="together">Leases that a worker loses within this time count as one loss: it died once.</param>
internal sealed class WorkerHealth(int limit, TimeSpan together)
{
    private readonly Dictionary<string, Streak> _streaks = new(StringComparer.Ordinal);
    private const int KeptFaults = 5, MostWorkers = 10_000;

    private readonly Dictionary<string, ImmutableArray<WorkerFailure>> _faults = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SetAsideWorker> _setAside = new(StringComparer.Ordinal);

    /// <summary>Those that get no prompts, by name.</summary>
    public ImmutableArray<SetAsideWorker> SetAside => [.. _setAside.Values.OrderBy(w => w.WorkerId, StringComparer.Ordinal)];

    /// <summary>Takes in what the store knows.</summary>
    public void Restore(SetAsideWorker worker) => _setAside[worker.WorkerId] = worker;

    /// <summary>Whether the worker gets no prompts.</summary>
    public bool IsSetAside(string workerId) => _setAside.ContainsKey(workerId);

    /// <summary>How many times in a row the worker has failed the same way.</summary>
    public int FaultsInARow(string workerId) => _streaks.GetValueOrDefault(workerId)?.Count ?? 0;

    /// <summary>What the worker failed at last, the newest first.</summary>
    public ImmutableArray<WorkerFailure> LastFaults(string workerId) => _faults.GetValueOrDefault(workerId, []);

    /// <summary>The worker did a prompt, whatever that came to; ignored for one that is counted as a fault.</summary>
    public void Good(string workerId, Guid runId)
    {
        if (_streaks.TryGetValue(workerId, out var streak) && !streak.Has(runId)) _streaks.Remove(workerId);
    }

    /// <summary>The worker failed at an attempt of a prompt; answers with it when that sets it aside. The same one again counts nothing.</summary>
    public SetAsideWorker? Bad(string workerId, Guid runId, int attempt, WorkerFault fault, string detail, DateTimeOffset now)
    {
        var before = _streaks.GetValueOrDefault(workerId);
        if (before?.Fault == fault && before.Attempts.Contains((runId, attempt))) return null;
        Note(workerId, new WorkerFailure(fault, detail, runId, now));
        if (limit == 0 || IsSetAside(workerId)) return null;
        var streak = _streaks[workerId] = before?.Fault == fault
            ? before.With(runId, attempt, now, counts: fault != WorkerFault.LostLease || now - before.At >= together)
            : new Streak(fault, 1, [(runId, attempt)], now);
        if (streak.Count < limit) return null;
        _streaks.Remove(workerId);
        return _setAside[workerId] = new SetAsideWorker(workerId, fault, detail, now);
    }

    /// <summary>The worker gets prompts again; false when it was not set aside.</summary>
    public bool BringBack(string workerId) => _setAside.Remove(workerId);

    private void Note(string workerId, WorkerFailure failure)
    {
        // Names of processes that are gone for ever pile up; what they failed at is history.
        if (_faults.Count >= MostWorkers) _faults.Clear();
        var before = LastFaults(workerId);
        _faults[workerId] = [failure, .. before.Take(KeptFaults - 1)];
    }

    /// <summary>Faults of one kind in a row: how many count, of which attempts, and when the last came that counts.</summary>
    private sealed record Streak(WorkerFault Fault, int Count, ImmutableHashSet<(Guid RunId, int Attempt)> Attempts, DateTimeOffset At)
    {
        public bool Has(Guid runId) => Attempts.Any(a => a.RunId == runId);

        public Streak With(Guid runId, int attempt, DateTimeOffset now, bool counts) =>
            new(Fault, counts ? Count + 1 : Count, Attempts.Add((runId, attempt)), counts ? now : At);
    }
}
