using Microsoft.Extensions.Options;

namespace Farm.Grains.Scheduling;

/// <summary>
/// Which of the workers that can run a prompt gets it: the one with the most of its models in memory, then one whose memory holds what it
/// needs, then the smallest of those, then the one that waits longest. A prompt waits for a better worker that should soon be free, once, for as
/// long as <see cref="SchedulingOptions.WarmWait"/> at the most; one that is known to need more memory than a worker has leaves it alone
/// for <see cref="SchedulingOptions.MemoryWait"/> while a larger one lives.
/// </summary>
internal sealed class Placement(WorkerRoster roster, MemoryNeeds memory, IOptions<SchedulingOptions> options, TimeProvider clock)
{
    /// <summary>Whether a worker gets a prompt whose turn it is.</summary>
    public bool Gives(QueuedItem item, KnownWorker worker) => CanTake(item, worker) && !Holds(item, worker);

    /// <summary>Whether a worker is not to have the prompt, and what stands behind it may have its turn: others will take it.</summary>
    public bool PassesBy(QueuedItem item, KnownWorker worker) => IsTooLarge(item, worker) || Avoids(item, worker);

    /// <summary>Whether earlier runs of the prompt's shape took more memory than the worker has, and a larger one can take it in time.</summary>
    public bool IsTooLarge(QueuedItem item, KnownWorker worker)
    {
        var need = worker.TotalMemory == 0 ? 0 : memory.PeakOf(item, worker.Device);
        if (need <= worker.TotalMemory) return false;
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return now - item.WaitsSince < options.Value.MemoryWait.TotalMilliseconds
            && roster.Living.Any(other => !other.Rests && other.Device == worker.Device && (other.TotalMemory == 0 || other.TotalMemory >= need) && other.Profile.Has(item.Requirement));
    }

    /// <summary>Whether a worker could take a prompt whose models it has not all in memory.</summary>
    public bool IsColdFor(QueuedItem item, KnownWorker worker) => CanTake(item, worker) && worker.Warmth(item.Requirement) < item.Requirement.Models.Length;

    /// <summary>The best of the waiting workers; null when none of them is to have it now.</summary>
    public WaitingClaim? Choose(QueuedItem item, IEnumerable<WaitingClaim> claims)
    {
        WaitingClaim? best = null;
        foreach (var claim in claims)
        {
            // The longest waiting come first: a later one must be better.
            if (CanTake(item, claim.Worker) && (best is null || IsBetter(claim.Worker, best.Worker, item) || FitsCloser(claim.Worker, best.Worker, item))) best = claim;
            if (best is not null && item.Requirement.Models.IsEmpty && memory.PeakOf(item, best.Worker.Device) == 0) break;
        }
        return best is null || Holds(item, best.Worker) ? null : best;
    }

    private bool CanTake(QueuedItem item, KnownWorker worker) => worker.Profile.Has(item.Requirement) && !LacksFile(item, worker) && !Avoids(item, worker) && !IsTooLarge(item, worker);

    /// <summary>
    /// Whether the worker lacks a file of the prompt that another one may have. Where none that lives has it, it goes anywhere: the node says
    /// what is missing.
    /// </summary>
    private bool LacksFile(QueuedItem item, KnownWorker worker) =>
        Lacks(item, worker) && roster.Living.Any(other => !other.Rests && other.Profile.Has(item.Requirement) && !Lacks(item, other));

    private static bool Lacks(QueuedItem item, KnownWorker worker) => worker.Lacked.Count > 0 && item.Requirement.Files.Any(worker.Lacked.Contains);

    /// <summary>Whether the prompt was lost by this worker and one that lives can take it instead, which it waits for a while.</summary>
    private bool Avoids(QueuedItem item, KnownWorker worker)
    {
        if (!item.Avoids.Contains(worker.Id)) return false;
        var now = clock.GetUtcNow();
        return now.ToUnixTimeMilliseconds() - item.CameBackAt < options.Value.AvoidTime.TotalMilliseconds
            && roster.Living.Any(other => !other.Rests && !item.Avoids.Contains(other.Id) && other.LastSeen + options.Value.LeaseDuration > now && other.Profile.Has(item.Requirement));
    }

    private bool IsBetter(KnownWorker one, KnownWorker other, QueuedItem item)
    {
        var warmer = one.Warmth(item.Requirement).CompareTo(other.Warmth(item.Requirement));
        return warmer != 0 ? warmer > 0 : IsRoomy(one, item) && !IsRoomy(other, item);
    }

    /// <summary>Whether two that do equally well differ in size, and the smaller has the memory that the prompt is known to need: the larger stays free for larger ones.</summary>
    private bool FitsCloser(KnownWorker one, KnownWorker other, QueuedItem item) =>
        one.Device == other.Device && memory.PeakOf(item, one.Device) is > 0 and var need && need <= one.TotalMemory && one.TotalMemory < other.TotalMemory && !IsBetter(other, one, item);

    private bool IsRoomy(KnownWorker worker, QueuedItem item) => worker.TotalMemory == 0 || memory.EstimateOf(item, worker.Device) <= worker.TotalMemory;

    private bool Holds(QueuedItem item, KnownWorker worker)
    {
        var models = item.Requirement.Models;
        if (models.IsEmpty || options.Value.WarmWait == TimeSpan.Zero) return false;
        var isRoomy = IsRoomy(worker, item);
        if (isRoomy && worker.Warmth(item.Requirement) == models.Length) return false;
        var now = clock.GetUtcNow();
        var end = item.HeldUntil == 0 ? (now + options.Value.WarmWait).ToUnixTimeMilliseconds() : item.HeldUntil;
        if (end <= now.ToUnixTimeMilliseconds()) return false;
        var others = isRoomy ? roster.WithAnyOf(models) : roster.Living;
        if (!others.Any(other => other != worker && !other.Rests && IsFreeSoon(other, end) && other.Profile.Has(item.Requirement) && IsBetter(other, worker, item)))
            return false;
        item.HeldUntil = end;
        return true;
    }

    /// <summary>One whose run takes longer than it should counts, too: the wait has an end.</summary>
    private static bool IsFreeSoon(KnownWorker worker, long end) => worker.FreeAt is { } free && free.ToUnixTimeMilliseconds() <= end;
}
