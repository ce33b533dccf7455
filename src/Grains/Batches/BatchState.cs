using System.Collections.Immutable;
using Farm.Contracts.Batches;

namespace Farm.Grains.Batches;

/// <summary>All that is true of a batch at one moment, as stored; its indices are rows of their own.</summary>
internal sealed record BatchState
{
    /// <summary>The batch's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>What it is made of.</summary>
    public required BatchSubmission Definition { get; init; }

    /// <summary>Its indices.</summary>
    public required int Total { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where it is.</summary>
    public BatchStatus Status { get; init; }

    /// <summary>Indices expanded so far, in the order of handing in.</summary>
    public int Position { get; init; }

    /// <summary>Indices whose prompts wait or run.</summary>
    public int Submitted { get; init; }

    /// <summary>Indices to be handed in again.</summary>
    public int Waiting { get; init; }

    /// <summary>Indices that completed.</summary>
    public int Completed { get; init; }

    /// <summary>Indices that failed.</summary>
    public int Failed { get; init; }

    /// <summary>Indices that were cancelled.</summary>
    public int Cancelled { get; init; }

    /// <summary>When its first index was handed in.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was over.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Counts the writes; the store refuses one that does not follow the last.</summary>
    public long Revision { get; init; }

    /// <summary>The tenant that owns it.</summary>
    public string Tenant => Definition.Template.Tenant;

    /// <summary>Whether nothing more will happen by itself.</summary>
    public bool IsOver => EndedAt is not null;
}

/// <summary>An index of a batch as stored.</summary>
internal sealed record BatchItemState
{
    /// <summary>Which index, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>What has become of it.</summary>
    public required BatchItemStatus Status { get; init; }

    /// <summary>How often it was handed in.</summary>
    public int Tries { get; init; }

    /// <summary>The run of the last try.</summary>
    public Guid? RunId { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>Whether it has no row yet.</summary>
    public bool IsNew { get; init; }
}

/// <summary>A change of a batch, committed as one.</summary>
/// <param name="State">The batch after it.</param>
/// <param name="Items">The indices it changes, each once.</param>
/// <param name="Sweep">What becomes of indices that are not listed.</param>
internal sealed record BatchStep(BatchState State, ImmutableArray<BatchItemState> Items, BatchSweep Sweep = BatchSweep.None);

/// <summary>A change of many indices by one statement.</summary>
internal enum BatchSweep
{
    /// <summary>None.</summary>
    None,

    /// <summary>What failed or was cancelled is to be handed in again.</summary>
    RetryFailed,

    /// <summary>What is to be handed in again is cancelled.</summary>
    CancelWaiting,
}
