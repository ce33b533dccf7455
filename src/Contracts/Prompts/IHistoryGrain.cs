using System.Collections.Immutable;

namespace Farm.Contracts.Prompts;

/// <summary>What the store holds of a tenant's prompts, for reading. The key is the tenant; any number of these answer at once.</summary>
[Alias("farm.IHistoryGrain")]
public interface IHistoryGrain : IGrainWithStringKey
{
    /// <summary>A window of the ended prompts, oldest first.</summary>
    [Alias("List")]
    Task<ImmutableArray<HistoryEntry>> ListAsync(HistoryWindow window);

    /// <summary>The ended prompt of that id, the newest where the id repeats; null when there is none.</summary>
    [Alias("Get"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<HistoryEntry?> GetAsync(string promptId);

    /// <summary>Forgets those entries; unknown ids are ignored.</summary>
    [Alias("Delete")]
    Task DeleteAsync(ImmutableArray<string> promptIds);

    /// <summary>Forgets every entry of the tenant.</summary>
    [Alias("Clear")]
    Task ClearAsync();

    /// <summary>The stored submissions of those runs, in the order asked, without those that are gone.</summary>
    [Alias("Submissions"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<ImmutableArray<StoredSubmission>> SubmissionsAsync(ImmutableArray<Guid> runs);
}

/// <summary>A window into history, by ComfyUI's rules: a negative offset with a count means the newest; without one, everything.</summary>
/// <param name="MaxItems">Entries at the most; null for all.</param>
/// <param name="Offset">Entries to pass over, counted from the oldest; -1 by default.</param>
[GenerateSerializer, Immutable, Alias("farm.HistoryWindow")]
public sealed record HistoryWindow(int? MaxItems, int Offset = -1);

/// <summary>A submission as stored, for the queue's listing.</summary>
[GenerateSerializer, Immutable, Alias("farm.StoredSubmission")]
public sealed record StoredSubmission
{
    /// <summary>Key of the prompt's grain.</summary>
    [Id(0)] public required Guid RunId { get; init; }

    /// <summary>The id clients know.</summary>
    [Id(1)] public required string PromptId { get; init; }

    /// <summary>Rank in the queue.</summary>
    [Id(2)] public required double Number { get; init; }

    /// <summary>The graph as JSON text.</summary>
    [Id(3)] public required string Prompt { get; init; }

    /// <summary>extra_data as JSON text, without secrets.</summary>
    [Id(4)] public required string ExtraData { get; init; }

    /// <summary>Output nodes to execute.</summary>
    [Id(5)] public required ImmutableArray<string> Targets { get; init; }
}

/// <summary>An ended prompt.</summary>
[GenerateSerializer, Immutable, Alias("farm.HistoryEntry")]
public sealed record HistoryEntry
{
    /// <summary>The submission.</summary>
    [Id(0)] public required StoredSubmission Submission { get; init; }

    /// <summary>How it ended.</summary>
    [Id(1)] public required RunOutcome Outcome { get; init; }

    /// <summary>Whether history counts it as completed.</summary>
    [Id(2)] public required bool Completed { get; init; }

    /// <summary>UI outputs in order of execution.</summary>
    [Id(3)] public required ImmutableArray<NodeUi> Outputs { get; init; }

    /// <summary>start, cached, and success, error or interrupted, in order.</summary>
    [Id(4)] public required ImmutableArray<RunEvent> Messages { get; init; }
}
