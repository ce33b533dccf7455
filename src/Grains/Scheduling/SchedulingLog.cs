using Farm.Contracts.Workers;

namespace Farm.Grains.Scheduling;

/// <summary>What the scheduler logs: ids only.</summary>
internal static partial class SchedulingLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The scheduler has read {Waiting} waiting and {Running} running prompts in {Elapsed}.")]
    public static partial void Recovered(ILogger logger, int waiting, int running, TimeSpan elapsed);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Hand-out {Order} at {Time}: prompt {RunId} attempt {Attempt} to {WorkerId}.")]
    public static partial void HandedOut(ILogger logger, long order, long time, Guid runId, int attempt, string workerId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Another scheduler has been started; this one leaves.")]
    public static partial void Replaced(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease of prompt {RunId} attempt {Attempt} on {WorkerId} ended without renewal.")]
    public static partial void LeaseEnded(ILogger logger, Guid runId, int attempt, string workerId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The loss of prompt {RunId} attempt {Attempt} could not be told; it is tried again.")]
    public static partial void LoseFailed(ILogger logger, Exception error, Guid runId, int attempt);

    [LoggerMessage(Level = LogLevel.Information, Message = "The scheduler does not answer yet ({Reason}); the silo goes on starting when it does.")]
    public static partial void NotAwake(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Worker {WorkerId} failed the same way again and again ({Fault}: {Detail}); it is set aside until it is brought back.")]
    public static partial void SetAside(ILogger logger, string workerId, WorkerFault fault, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "That worker {WorkerId} is set aside could not be stored; it holds until the scheduler moves.")]
    public static partial void SetAsideNotStored(ILogger logger, Exception error, string workerId);

    [LoggerMessage(Level = LogLevel.Information, Message = "An operator set worker {WorkerId} aside.")]
    public static partial void PutAside(ILogger logger, string workerId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Pool '{Pool}' is paused.")]
    public static partial void PoolPaused(ILogger logger, string pool);

    [LoggerMessage(Level = LogLevel.Information, Message = "Pool '{Pool}' goes on.")]
    public static partial void PoolResumed(ILogger logger, string pool);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Measured memory could not be stored; it is tried again.")]
    public static partial void MemoryNotStored(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Prompt {RunId} was committed but never queued; it is queued now.")]
    public static partial void Stray(ILogger logger, Guid runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store could not be asked for prompts that were never queued.")]
    public static partial void StraysFailed(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "The grain of cleared prompt {RunId} could not be told.")]
    public static partial void ForgetFailed(ILogger logger, Exception error, Guid runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A new queue count of tenant {Tenant} could not be announced.")]
    public static partial void AnnounceFailed(ILogger logger, Exception error, string tenant);
}
