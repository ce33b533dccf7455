using Microsoft.Extensions.Options;

namespace Farm.Grains.Scheduling;

/// <summary>
/// Which of the workers that can run a prompt gets it: the one with the most of its models in memory, then one whose memory holds them
/// all, then the one that waits longest. A prompt waits for a better worker that should soon be free, once, for as long as
/// <see cref="SchedulingOptions.WarmWait"/> at the most.
/// </summary>
internal sealed class Placement(WorkerRoster roster, IOptions<SchedulingOptions> options, TimeProvider clock)
{
    /// <summary>Whether a worker gets a prompt whose turn it is.</summary>
    public bool Gives(QueuedItem item, KnownWorker worker) => worker.Profile.Has(item.Requirement) && !Avoids(item, worker) && !Holds(item, worker);

    /// <summary>The best of the waiting workers; null when none of them is to have it now.</summary>
    public WaitingClaim? Choose(QueuedItem item, IEnumerable<WaitingClaim> claims)
    {
        WaitingClaim? best = null;
        foreach (var claim in claims)
        {
            // The longest waiting come first: a later one must be better.
            if (claim.Worker.Profile.Has(item.Requirement) && !Avoids(item, claim.Worker) && (best is null || IsBetter(claim.Worker, best.Worker, item))) best = claim;
            if (best is not null && item.Requirement.Models.IsEmpty) break;
        }
        return best is null || Holds(item, best.Worker) ? null : best;
    }

    /// <summary>Whether the prompt was lost by this worker and one that lives can take it instead, which it waits for a while.</summary>
    private bool Avoids(QueuedItem item, KnownWorker worker)
    {
        if (!item.Avoids.Contains(worker.Id)) return false;
        var now = clock.GetUtcNow();
        return now.ToUnixTimeMilliseconds() - item.CameBackAt < options.Value.AvoidTime.TotalMilliseconds
            && roster.Living.Any(other => !other.Rests && !item.Avoids.Contains(other.Id) && other.LastSeen + options.Value.LeaseDuration > now && other.Profile.Has(item.Requirement));
    }

    private static bool IsBetter(KnownWorker one, KnownWorker other, QueuedItem item)
    {
        var warmer = one.Warmth(item.Requirement).CompareTo(other.Warmth(item.Requirement));
        return warmer != 0 ? warmer > 0 : one.IsRoomyFor(item) && !other.IsRoomyFor(item);
    }

    private bool Holds(QueuedItem item, KnownWorker worker)
    {
        var models = item.Requirement.Models;
        if (models.IsEmpty || options.Value.WarmWait == TimeSpan.Zero) return false;
        var isRoomy = worker.IsRoomyFor(item);
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
