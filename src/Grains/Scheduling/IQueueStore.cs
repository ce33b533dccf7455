using System.Collections.Immutable;
using Farm.Contracts.Workers;

namespace Farm.Grains.Scheduling;

/// <summary>What the scheduler reads when it starts, and the little it writes.</summary>
internal interface IQueueStore
{
    /// <summary>A scheduler was started: the number of its term, larger than those before.</summary>
    Task<long> BeginTermAsync();

    /// <summary>The number of the last term.</summary>
    Task<long> TermAsync();

    /// <summary>Every prompt that is not over, streamed; no graphs.</summary>
    IAsyncEnumerable<StoredRun> UnfinishedAsync(CancellationToken cancellation);

    /// <summary>Waiting prompts that the gateway accepted in that time, for those the scheduler was never told of.</summary>
    IAsyncEnumerable<StoredRun> QueuedBetweenAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation);

    /// <summary>
    /// Removes every prompt of the tenant that waits, in one commit; answers with those that are gone. What has begun stays, and
    /// what <paramref name="leased"/> names: it is about to begin.
    /// </summary>
    Task<IReadOnlyList<Guid>> DeleteWaitingAsync(string tenant, IReadOnlyCollection<Guid> leased);

    /// <summary>Workers that are set aside.</summary>
    Task<IReadOnlyList<SetAsideWorker>> SetAsideAsync();

    /// <summary>A worker is set aside.</summary>
    Task SetAsideAsync(SetAsideWorker worker);

    /// <summary>A worker is brought back.</summary>
    Task BringBackAsync(string workerId);

    /// <summary>Pools that are paused, and since when.</summary>
    Task<IReadOnlyList<(string Pool, DateTimeOffset At)>> PausedPoolsAsync();

    /// <summary>A pool is paused. Repeating it changes nothing but the time.</summary>
    Task PausePoolAsync(string pool, DateTimeOffset at);

    /// <summary>A pool goes on.</summary>
    Task ResumePoolAsync(string pool);

    /// <summary>The number up to which a tenant's numbers are reserved; 0 at first.</summary>
    Task<long> ReservedNumbersAsync(string tenant);

    /// <summary>Reserves the tenant's numbers below <paramref name="end"/>.</summary>
    Task ReserveNumbersAsync(string tenant, long end);
}

/// <summary>An unfinished prompt as stored.</summary>
/// <param name="RunId">Key of the prompt's grain.</param>
/// <param name="Tenant">The tenant it counts for.</param>
/// <param name="PromptId">The id clients know.</param>
/// <param name="Number">Its rank.</param>
/// <param name="Attempt">The running or next attempt.</param>
/// <param name="Needs">What it needs and how it ranks, as <see cref="NeedsText"/> writes it.</param>
/// <param name="CreatedAt">When it was submitted, in milliseconds since 1970.</param>
/// <param name="Running">Whether an attempt had begun.</param>
/// <param name="WorkerId">The worker of that attempt.</param>
/// <param name="TraceParent">The trace it belongs to; null when it is not traced.</param>
internal sealed record StoredRun(
    Guid RunId, string Tenant, string PromptId, double Number, int Attempt, string Needs, long CreatedAt, bool Running, string? WorkerId, string? TraceParent)
{
    /// <summary>Workers that attempts of it came to nothing on.</summary>
    public ImmutableArray<string> Avoids { get; init; } = [];

    /// <summary>When the last of those attempts was given up, in milliseconds since 1970; 0 where there is none.</summary>
    public long CameBackAt { get; init; }
}
