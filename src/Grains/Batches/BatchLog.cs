using Farm.Contracts.Batches;

namespace Farm.Grains.Batches;

/// <summary>What batches log: ids and counts only.</summary>
internal static partial class BatchLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchId} of {Total} accepted.")]
    public static partial void Accepted(ILogger logger, Guid batchId, int total);

    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchId} is {Status}: {Completed} completed, {Failed} failed, {Cancelled} cancelled.")]
    public static partial void Ended(ILogger logger, Guid batchId, BatchStatus status, int completed, int failed, int cancelled);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {BatchId}: {Count} prompts could not be submitted; they are tried again.")]
    public static partial void NotSubmitted(ILogger logger, Exception error, Guid batchId, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {BatchId}: prompt {RunId} could not be taken back; it is tried again.")]
    public static partial void NotWithdrawn(ILogger logger, Exception error, Guid batchId, Guid runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {BatchId} could not be woken; it is tried again.")]
    public static partial void NotWoken(ILogger logger, Exception error, Guid batchId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Unfinished batches could not be looked for; it is tried again.")]
    public static partial void ScanFailed(ILogger logger, Exception error);
}
