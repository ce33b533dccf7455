using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Farm.Contracts.Batches;

/// <summary>
/// One batch: hands its indices in little by little, each exactly once, whatever dies meanwhile. The key is the batch's id.
/// </summary>
[Alias("farm.IBatchGrain")]
public interface IBatchGrain : IGrainWithGuidKey
{
    /// <summary>Commits the batch, then begins with it. Repeating the call changes nothing.</summary>
    [Alias("Submit")]
    Task<BatchInfo> SubmitAsync(BatchSubmission submission);

    /// <summary>How it stands; null when there is no such batch in the tenant.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<BatchInfo?> GetAsync(string tenant);

    /// <summary>Hands nothing more in; what was handed in goes on. Answers null when there is no such batch.</summary>
    [Alias("Pause")]
    Task<BatchAnswer?> PauseAsync(string tenant);

    /// <summary>Goes on after a pause.</summary>
    [Alias("Resume")]
    Task<BatchAnswer?> ResumeAsync(string tenant);

    /// <summary>Hands in again, as new prompts, the indices that failed or were cancelled.</summary>
    [Alias("RetryFailed")]
    Task<BatchAnswer?> RetryFailedAsync(string tenant);

    /// <summary>Hands nothing more in, removes what waits and interrupts what runs.</summary>
    [Alias("Cancel")]
    Task<BatchAnswer?> CancelAsync(string tenant);

    /// <summary>Goes on with what is to be done. Called at the start of a silo and now and then.</summary>
    [Alias("Wake")]
    Task WakeAsync();

    /// <summary>A prompt of the batch is over. Says only that it is time to look: what became of it stands in the ledger.</summary>
    [Alias("Ended"), AlwaysInterleave, OneWay]
    Task EndedAsync(Guid runId);
}

/// <summary>A tenant's batches, for reading. The key is the tenant; any number of these answer at once.</summary>
[Alias("farm.IBatchesGrain")]
public interface IBatchesGrain : IGrainWithStringKey
{
    /// <summary>A page of batches, the newest first.</summary>
    [Alias("List")]
    Task<BatchPage> ListAsync(int offset, int limit);

    /// <summary>A page of a batch's indices that were handed in, in order; null when there is no such batch.</summary>
    [Alias("Items")]
    Task<BatchItemPage?> ItemsAsync(Guid batch, BatchItemStatus? status, int offset, int limit);
}

/// <summary>What a request to change a batch came to.</summary>
/// <param name="Info">How the batch stands.</param>
/// <param name="Refusal">Why the change is not possible from there; null when it was made.</param>
[GenerateSerializer, Immutable, Alias("farm.BatchAnswer")]
public sealed record BatchAnswer(BatchInfo Info, string? Refusal);

/// <summary>A page of batches.</summary>
/// <param name="Batches">The page, in order.</param>
/// <param name="Total">Batches of the tenant.</param>
[GenerateSerializer, Immutable, Alias("farm.BatchPage")]
public sealed record BatchPage(ImmutableArray<BatchInfo> Batches, int Total);

/// <summary>A page of indices.</summary>
/// <param name="Items">The page, in order.</param>
/// <param name="Total">Indices that were asked for.</param>
[GenerateSerializer, Immutable, Alias("farm.BatchItemPage")]
public sealed record BatchItemPage(ImmutableArray<BatchItem> Items, int Total);

/// <summary>An index that was handed in, or failed before that.</summary>
/// <param name="Index">Which, from 0.</param>
/// <param name="Status">What has become of it.</param>
/// <param name="Tries">How often it was handed in.</param>
/// <param name="PromptId">Its last prompt; null where there was none.</param>
/// <param name="Error">Why it failed; null unless it did.</param>
[GenerateSerializer, Immutable, Alias("farm.BatchItem")]
public sealed record BatchItem(int Index, BatchItemStatus Status, int Tries, string? PromptId, string? Error);

/// <summary>What has become of an index. Stored by number.</summary>
public enum BatchItemStatus
{
    /// <summary>Its prompt waits or runs.</summary>
    Submitted = 0,

    /// <summary>To be handed in again.</summary>
    Waiting = 1,

    /// <summary>Its prompt completed.</summary>
    Completed = 2,

    /// <summary>Its prompt failed, or its values break a rule.</summary>
    Failed = 3,

    /// <summary>Its prompt was interrupted or removed.</summary>
    Cancelled = 4,
}

/// <summary>Where a batch is on its way. Stored by number.</summary>
public enum BatchStatus
{
    /// <summary>Waits for the batches it comes after.</summary>
    Waiting = 0,

    /// <summary>Hands its indices in.</summary>
    Running = 1,

    /// <summary>Hands nothing in until it is resumed.</summary>
    Paused = 2,

    /// <summary>An index failed and the policy is to stop: what was handed in comes to its end.</summary>
    Stopping = 3,

    /// <summary>It is being cancelled.</summary>
    Cancelling = 4,

    /// <summary>Every index completed.</summary>
    Completed = 5,

    /// <summary>It is over, and not every index completed.</summary>
    Failed = 6,

    /// <summary>It was cancelled.</summary>
    Cancelled = 7,
}

/// <summary>How a batch stands.</summary>
[GenerateSerializer, Immutable, Alias("farm.BatchInfo")]
public sealed record BatchInfo
{
    /// <summary>Its id.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>The tenant that owns it.</summary>
    [Id(1)] public required string Tenant { get; init; }

    /// <summary>Its name; empty for none.</summary>
    [Id(2)] public required string Name { get; init; }

    /// <summary>Where it is.</summary>
    [Id(3)] public required BatchStatus Status { get; init; }

    /// <summary>Its indices.</summary>
    [Id(4)] public required int Total { get; init; }

    /// <summary>Indices not handed in yet, those to be handed in again included.</summary>
    [Id(5)] public required int Pending { get; init; }

    /// <summary>Indices whose prompts wait or run.</summary>
    [Id(6)] public required int Submitted { get; init; }

    /// <summary>Indices that completed.</summary>
    [Id(7)] public required int Completed { get; init; }

    /// <summary>Indices that failed.</summary>
    [Id(8)] public required int Failed { get; init; }

    /// <summary>Indices that were cancelled.</summary>
    [Id(9)] public required int Cancelled { get; init; }

    /// <summary>When it was accepted.</summary>
    [Id(10)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its first index was handed in.</summary>
    [Id(11)] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was over.</summary>
    [Id(12)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When it will be over if it goes on as until now; null while that is not known.</summary>
    [Id(13)] public DateTimeOffset? Eta { get; init; }

    /// <summary>How many of its prompts may wait or run at a time.</summary>
    [Id(14)] public required int Concurrency { get; init; }

    /// <summary>Batches that must end first.</summary>
    [Id(15)] public ImmutableArray<Guid> After { get; init; } = [];
}
