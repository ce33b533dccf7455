using Farm.Grains.Persistence.Rows;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Farm.Grains.Persistence;

/// <summary>A prompt that moves from one status to the next: the two most frequent writes, its begin and its end. Its row must still have the revision before.</summary>
/// <param name="Row">Its key, and where it stands now.</param>
/// <param name="End">What its end adds; null for any other change.</param>
internal sealed record PromptChange(PromptRow Row, PromptChange.EndRows? End = null)
{
    /// <summary>What a change of status touches, beside the revision.</summary>
    private static readonly string[] Changing =
    [
        nameof(PromptRow.Status), nameof(PromptRow.Attempt), nameof(PromptRow.WorkerId), nameof(PromptRow.StartedAt), nameof(PromptRow.EndedAt),
        nameof(PromptRow.Outcome), nameof(PromptRow.Interrupted), nameof(PromptRow.Lost), nameof(PromptRow.JobStatus),
    ];

    /// <summary>What an end adds.</summary>
    /// <param name="Result">To history.</param>
    /// <param name="Ledger">To the ledger.</param>
    internal sealed record EndRows(ResultRow Result, LedgerRow Ledger);

    /// <summary>Tracks the change, where rows are written one by one.</summary>
    public void Stage(FarmDb db)
    {
        Mark(db, Row);
        if (End is null) return;
        db.Results.Add(End.Result);
        db.Ledger.Add(End.Ledger);
    }

    /// <summary>Marks what a change of status touches; the row must still have the revision before.</summary>
    public static EntityEntry Mark(FarmDb db, PromptRow row)
    {
        var entry = db.Prompts.Attach(row);
        entry.Property(nameof(PromptRow.Revision)).OriginalValue = row.Revision - 1;
        foreach (var column in Changing) entry.Property(column).IsModified = true;
        return entry;
    }
}
