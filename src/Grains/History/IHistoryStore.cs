using System.Collections.Immutable;
using Farm.Contracts.Prompts;

namespace Farm.Grains.History;

/// <summary>Reads and forgets what the store holds of a tenant's prompts.</summary>
internal interface IHistoryStore
{
    /// <summary>Entries of the tenant in order of completion, of the newest <paramref name="depth"/> ones.</summary>
    Task<ImmutableArray<HistoryEntry>> ListAsync(string tenant, HistorySlice slice, int depth);

    /// <summary>The newest ended prompt of that id.</summary>
    Task<HistoryEntry?> FindAsync(string tenant, string promptId);

    /// <summary>How the client's prompts ended since then, in order of completion; of the newest <paramref name="most"/> ones.</summary>
    Task<ImmutableArray<ClosingEvent>> EndsAsync(string tenant, string clientId, DateTimeOffset since, int most);

    /// <summary>Forgets ended prompts of those ids.</summary>
    Task DeleteAsync(string tenant, IReadOnlyCollection<string> promptIds);

    /// <summary>Forgets every ended prompt of the tenant.</summary>
    Task ClearAsync(string tenant);

    /// <summary>Submissions of the tenant in the order asked, without those that are gone.</summary>
    Task<ImmutableArray<StoredSubmission>> SubmissionsAsync(string tenant, IReadOnlyList<Guid> runs);
}

/// <summary>The last message of an ended prompt.</summary>
/// <param name="PromptId">The id clients know.</param>
/// <param name="Event">The message.</param>
internal sealed record ClosingEvent(string PromptId, RunEvent Event);

/// <summary>Which entries of an ordered list are wanted.</summary>
/// <param name="FromNewest">True to count from the newest, false from the oldest. Either way they come oldest first.</param>
/// <param name="Skip">Entries to pass over.</param>
/// <param name="Take">Entries at the most; null for all.</param>
internal readonly record struct HistorySlice(bool FromNewest, int Skip, int? Take)
{
    /// <summary>
    /// ComfyUI's rules (0.19.3, recorded): a negative offset with a count means the newest, a negative offset alone everything;
    /// from a given offset a count below one still yields one entry.
    /// </summary>
    public static HistorySlice Of(HistoryWindow window) => window switch
    {
        { Offset: < 0, MaxItems: { } newest } => new HistorySlice(true, 0, Math.Max(newest, 0)),
        { Offset: < 0 } => new HistorySlice(false, 0, null),
        { MaxItems: { } count } => new HistorySlice(false, window.Offset, Math.Max(count, 1)),
        _ => new HistorySlice(false, window.Offset, null),
    };
}
