using Farm.Contracts.Prompts;

namespace Farm.Grains.Prompts;

/// <summary>What the prompts' grains log: ids only.</summary>
internal static partial class PromptLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Prompt {RunId} queued in tenant {Tenant}.")]
    public static partial void Queued(ILogger logger, Guid runId, string tenant);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Prompt {RunId} attempt {Attempt} begun by {WorkerId}.")]
    public static partial void Begun(ILogger logger, Guid runId, int attempt, string workerId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Prompt executed in {Seconds:F2} seconds: {RunId}, attempt {Attempt}, {Outcome}.")]
    public static partial void Ended(ILogger logger, double seconds, Guid runId, int attempt, RunOutcome outcome);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Prompt {RunId} lost attempt {Attempt} on {WorkerId}: {Reason}")]
    public static partial void Lost(ILogger logger, Guid runId, int attempt, string? workerId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Prompt {RunId}: a write of attempt {Attempt} was refused, the row has moved on; the grain reloads.")]
    public static partial void Stale(ILogger logger, Guid runId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Prompt {RunId}: events or the release of its lease could not be told.")]
    public static partial void TellFailed(ILogger logger, Exception error, Guid runId);
}
