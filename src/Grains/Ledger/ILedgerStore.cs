using System.Collections.Immutable;
using Farm.Contracts.Ledger;

namespace Farm.Grains.Ledger;

/// <summary>The ledger, for reading. It is written in the commits that end or remove prompts.</summary>
internal interface ILedgerStore
{
    /// <summary>Entries that the query fits, the last ended first; one more than its limit where there are more.</summary>
    Task<ImmutableArray<LedgerEntry>> ListAsync(LedgerQuery query);

    /// <summary>Submissions of that prompt id, unfinished ones included, the last submitted first.</summary>
    Task<ImmutableArray<LedgerEntry>> FindAsync(string promptId, string? tenant);

    /// <summary>What became of those runs; those that are not over are left out.</summary>
    Task<ImmutableArray<LedgerEnd>> EndsAsync(IReadOnlyCollection<Guid> runs);
}

/// <summary>How a run ended.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Error">Its error; null without one.</param>
internal sealed record LedgerEnd(Guid RunId, LedgerStatus Status, string? Error);
