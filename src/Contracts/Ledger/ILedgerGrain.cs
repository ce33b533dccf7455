using System.Collections.Immutable;

namespace Farm.Contracts.Ledger;

/// <summary>
/// The ledger: what became of every prompt that left the queue, kept also when its history is cleared. For operators, so of all
/// tenants unless one is asked for. Keyed <see cref="Key"/>; any number of these answer at once.
/// </summary>
[Alias("farm.ILedgerGrain")]
public interface ILedgerGrain : IGrainWithStringKey
{
    /// <summary>The key of the farm's ledger.</summary>
    const string Key = "farm";

    /// <summary>A page of entries, the last ended first.</summary>
    [Alias("List")]
    Task<LedgerPage> ListAsync(LedgerQuery query);

    /// <summary>
    /// All submissions of that prompt id, the last submitted first; those that wait or run included. Of one tenant, or of all where null.
    /// </summary>
    [Alias("Find")]
    Task<ImmutableArray<LedgerEntry>> FindAsync(string promptId, string? tenant);
}

/// <summary>What has become of a submission. Stored by number.</summary>
public enum LedgerStatus
{
    /// <summary>It waits; never in the ledger itself.</summary>
    Waiting = 0,

    /// <summary>A worker runs it; never in the ledger itself.</summary>
    Running = 1,

    /// <summary>All its targets ran.</summary>
    Completed = 2,

    /// <summary>It ended with an error.</summary>
    Failed = 3,

    /// <summary>It was interrupted while it ran.</summary>
    Interrupted = 4,

    /// <summary>It was removed while it waited.</summary>
    Deleted = 5,
}

/// <summary>Which entries; what is null is not asked for.</summary>
[GenerateSerializer, Immutable, Alias("farm.LedgerQuery")]
public sealed record LedgerQuery
{
    /// <summary>Of this tenant.</summary>
    [Id(0)] public string? Tenant { get; init; }

    /// <summary>Ended at this time or later.</summary>
    [Id(1)] public DateTimeOffset? From { get; init; }

    /// <summary>Ended before this time.</summary>
    [Id(2)] public DateTimeOffset? To { get; init; }

    /// <summary>Of this batch.</summary>
    [Id(3)] public Guid? Batch { get; init; }

    /// <summary>Whose last attempt ran on this worker.</summary>
    [Id(4)] public string? Worker { get; init; }

    /// <summary>Of this status.</summary>
    [Id(5)] public LedgerStatus? Status { get; init; }

    /// <summary>Entries to pass over; not negative.</summary>
    [Id(6)] public int Offset { get; init; }

    /// <summary>Entries at the most; above 0.</summary>
    [Id(7)] public int Limit { get; init; } = 100;
}

/// <summary>A page of the ledger.</summary>
/// <param name="Entries">The page, in order.</param>
/// <param name="HasMore">Whether there are entries beyond it.</param>
[GenerateSerializer, Immutable, Alias("farm.LedgerPage")]
public sealed record LedgerPage(ImmutableArray<LedgerEntry> Entries, bool HasMore);

/// <summary>One submission.</summary>
[GenerateSerializer, Immutable, Alias("farm.LedgerEntry")]
public sealed record LedgerEntry
{
    /// <summary>Key of the prompt's grain.</summary>
    [Id(0)] public required Guid RunId { get; init; }

    /// <summary>The id clients know.</summary>
    [Id(1)] public required string PromptId { get; init; }

    /// <summary>The tenant that owned it.</summary>
    [Id(2)] public required string Tenant { get; init; }

    /// <summary>The user inside the tenant.</summary>
    [Id(3)] public required string User { get; init; }

    /// <summary>What has become of it.</summary>
    [Id(4)] public required LedgerStatus Status { get; init; }

    /// <summary>When it was accepted.</summary>
    [Id(5)] public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When its last attempt began; null where none did.</summary>
    [Id(6)] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was over; null while it is not.</summary>
    [Id(7)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The worker of the last attempt.</summary>
    [Id(8)] public string? WorkerId { get; init; }

    /// <summary>All attempts, oldest first.</summary>
    [Id(9)] public ImmutableArray<LedgerAttempt> Attempts { get; init; } = [];

    /// <summary>The model files that the graph names.</summary>
    [Id(10)] public ImmutableArray<LedgerModel> Models { get; init; } = [];

    /// <summary>The seeds that the graph gives.</summary>
    [Id(11)] public ImmutableArray<LedgerSeed> Seeds { get; init; } = [];

    /// <summary>Things that came out.</summary>
    [Id(12)] public int Outputs { get; init; }

    /// <summary>Seconds for which its attempts, the lost ones too, held a worker's device.</summary>
    [Id(13)] public double GpuSeconds { get; init; }

    /// <summary>Kind of failure and its text, shortened; null without one.</summary>
    [Id(14)] public string? Error { get; init; }

    /// <summary>The batch it belongs to.</summary>
    [Id(15)] public Guid? BatchId { get; init; }

    /// <summary>Its index in the batch.</summary>
    [Id(16)] public int? BatchIndex { get; init; }
}

/// <summary>One attempt.</summary>
/// <param name="Attempt">Its number.</param>
/// <param name="WorkerId">The worker; null when none had begun.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended or was given up; null while it runs.</param>
/// <param name="End">Why it ended: <c>completed</c>, <c>failed</c>, <c>interrupted</c>, or what the scheduler saw of a lost one.</param>
[GenerateSerializer, Immutable, Alias("farm.LedgerAttempt")]
public sealed record LedgerAttempt(int Attempt, string? WorkerId, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string? End);

/// <summary>A model file that a graph names.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="Input">Its input.</param>
/// <param name="Name">The file's name as the graph gives it.</param>
/// <param name="Hash">Hash of the content (<c>sha256:…</c>, or <c>blake3:…</c> where the file store names contents so) as its worker knew it when the prompt ended; null where it did not.</param>
[GenerateSerializer, Immutable, Alias("farm.LedgerModel")]
public sealed record LedgerModel(string NodeId, string Input, string Name, string? Hash);

/// <summary>A seed that a graph gives.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="Input">Its input.</param>
/// <param name="Seed">The value.</param>
[GenerateSerializer, Immutable, Alias("farm.LedgerSeed")]
public sealed record LedgerSeed(string NodeId, string Input, decimal Seed);
