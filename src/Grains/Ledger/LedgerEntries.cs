using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Ledger;
using Farm.Contracts.Prompts;
using Farm.Grains.Prompts;

namespace Farm.Grains.Ledger;

/// <summary>Makes a prompt's entry from its state. Pure.</summary>
internal static class LedgerEntries
{
    private const int LongestError = 1000;

    /// <summary>The entry of a prompt that ended.</summary>
    public static LedgerEntry Ended(PromptState state, PromptEnd end)
    {
        var status = StatusOf(end);
        var (read, attempts) = (GraphFacts.Read(state.Submission.Prompt), Attempts(state, status));
        return Of(state, status) with
        {
            EndedAt = state.EndedAt,
            Attempts = attempts,
            Models = WithHashes(read.Models, end.ModelHashes),
            Seeds = read.Seeds,
            Outputs = end.Outputs.Sum(node => OutputCount.Of(node.Output)),
            GpuSeconds = attempts.Sum(a => a.EndedAt is { } ended && a.StartedAt is { } started ? (ended - started).TotalSeconds : 0),
            Error = end.Messages.OfType<ExecutionError>().LastOrDefault() is { } error ? Shorten($"{error.Failure.Type}: {error.Failure.Message.TrimEnd('\n')}") : null,
        };
    }

    /// <summary>A graph gives names without folders: where two files of one name were used, neither's hash is told.</summary>
    private static ImmutableArray<LedgerModel> WithHashes(ImmutableArray<LedgerModel> models, ImmutableArray<ModelHash> hashes)
    {
        if (hashes.IsDefaultOrEmpty) return models;
        var byName = hashes.ToLookup(hash => hash.File[(hash.File.IndexOf('/', StringComparison.Ordinal) + 1)..], hash => hash.Hash, StringComparer.Ordinal);
        return [.. models.Select(model => byName[model.Name].Distinct(StringComparer.Ordinal).ToArray() is [var hash] ? model with { Hash = hash } : model)];
    }

    /// <summary>The entry of a prompt that was removed while it waited.</summary>
    public static LedgerEntry Deleted(PromptState state, DateTimeOffset now) =>
        Of(state, LedgerStatus.Deleted) with { EndedAt = now, Attempts = Lost(state) };

    /// <summary>The entry of a prompt that waits or runs.</summary>
    public static LedgerEntry Unfinished(PromptState state)
    {
        var isRunning = state.Status == PromptStatus.Running;
        var attempts = Lost(state);
        return Of(state, isRunning ? LedgerStatus.Running : LedgerStatus.Waiting) with
        {
            Attempts = isRunning ? attempts.Add(new LedgerAttempt(state.Attempt, state.WorkerId, state.StartedAt, null, null)) : attempts,
        };
    }

    /// <summary>Attempts that came to nothing.</summary>
    public static ImmutableArray<LedgerAttempt> Attempts(ImmutableArray<LostAttempt> lost) =>
        [.. lost.Select(attempt => new LedgerAttempt(attempt.Attempt, attempt.WorkerId, attempt.StartedAt, attempt.At, attempt.Reason))];

    /// <summary>What history's end means in the ledger.</summary>
    public static LedgerStatus StatusOf(PromptEnd end) => end switch
    {
        { Completed: true } => LedgerStatus.Completed,
        { Outcome: RunOutcome.Interrupted } => LedgerStatus.Interrupted,
        _ => LedgerStatus.Failed,
    };

    private static LedgerEntry Of(PromptState state, LedgerStatus status) => new()
    {
        RunId = state.RunId,
        PromptId = state.Submission.PromptId,
        Tenant = state.Submission.Tenant,
        User = state.Submission.User,
        Status = status,
        QueuedAt = state.Submission.CreatedAt,
        StartedAt = state.StartedAt,
        WorkerId = state.WorkerId ?? state.Lost.LastOrDefault()?.WorkerId,
        BatchId = state.Submission.BatchId,
        BatchIndex = state.Submission.BatchIndex,
    };

    // A prompt that was given up has no attempt beyond the lost ones.
    private static ImmutableArray<LedgerAttempt> Attempts(PromptState state, LedgerStatus status) =>
        state.WorkerId is null ? Lost(state) : Lost(state).Add(new LedgerAttempt(state.Attempt, state.WorkerId, state.StartedAt, state.EndedAt, EndOf(status)));

    private static ImmutableArray<LedgerAttempt> Lost(PromptState state) => Attempts(state.Lost);

    private static string EndOf(LedgerStatus status) => status switch
    {
        LedgerStatus.Completed => "completed",
        LedgerStatus.Interrupted => "interrupted",
        _ => "failed",
    };

    private static string Shorten(string text) => text.Length <= LongestError ? text : text[..LongestError] + "…";
}

/// <summary>Counts the things in a node's UI output: the items of its lists, as jobs count them.</summary>
internal static class OutputCount
{
    /// <summary>Items of all lists but <c>animated</c>, which only says something of the images.</summary>
    public static int Of(string output)
    {
        using var document = JsonDocument.Parse(output, new JsonDocumentOptions { MaxDepth = 1000 });
        return document.RootElement.ValueKind is not JsonValueKind.Object ? 0 : document.RootElement.EnumerateObject()
            .Where(member => member.Value.ValueKind is JsonValueKind.Array && !member.NameEquals("animated"))
            .Sum(member => member.Value.GetArrayLength());
    }
}
