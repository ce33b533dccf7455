
namespace Farm.Worker.Execution;

internal static partial class ExecutionLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The fingerprint of node {NodeId} ({ClassType}) failed; its result is not reused.")]
    public static partial void FingerprintFailed(this ILogger logger, Exception failure, string nodeId, string classType);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Asynchronous node {NodeId} ({ClassType}) still runs after its prompt has ended and ignores cancellation.")]
    public static partial void NodeStillRuns(this ILogger logger, string nodeId, string classType);

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {NodeId} ({ClassType}) ran out of device memory; freed models, trying once more.")]
    public static partial void RetryAfterOutOfMemory(this ILogger logger, string nodeId, string classType);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The farm's results do not answer ({Reason}); nodes run here, nothing is asked for {Delay}.")]
    public static partial void SharedResultsAway(this ILogger logger, string reason, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The farm's result {Hash} of {ClassType} cannot be read ({Reason}); the node runs.")]
    public static partial void SharedResultUnreadable(this ILogger logger, string hash, string classType, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {NodeId} ({ClassType}) failed with {FailureType}.")]
    public static partial void NodeFailed(this ILogger logger, string nodeId, string classType, string failureType);
}
