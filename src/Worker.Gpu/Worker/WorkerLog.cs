namespace Farm.Worker;

internal static partial class WorkerLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Worker {WorkerId} joined with {Classes} node classes.")]
    public static partial void Joined(this ILogger logger, string workerId, int classes);

    [LoggerMessage(Level = LogLevel.Information, Message = "Worker {WorkerId} is drained: all that it ran is handed in; its process ends.")]
    public static partial void Drained(this ILogger logger, string workerId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Worker {WorkerId} cannot reach the farm ({Reason}); it tries again.")]
    public static partial void FarmUnreachable(this ILogger logger, string workerId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId}, attempt {Attempt}: an unexpected failure of the worker ended the prompt.")]
    public static partial void RunBroke(this ILogger logger, Exception failure, Guid runId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Model file {File} could not be hashed: {Reason}")]
    public static partial void NotHashed(this ILogger logger, string file, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The models of the next prompt could not be brought nearer: {Reason}")]
    public static partial void NotWarmed(this ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The noted hashes of model files cannot be kept: {Reason}")]
    public static partial void NotesLost(this ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}, attempt {Attempt}: a report failed; it is sent again.")]
    public static partial void ReportFailed(this ILogger logger, Exception failure, Guid runId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}, attempt {Attempt}: {Step} failed.")]
    public static partial void StepFailed(this ILogger logger, Exception failure, Guid runId, int attempt, string step);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}, attempt {Attempt}: fenced off; its files are removed.")]
    public static partial void Abandoned(this ILogger logger, Guid runId, int attempt);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}, attempt {Attempt}: given back, {Reason}; its files are removed.")]
    public static partial void GivenBack(this ILogger logger, Guid runId, int attempt, string reason);
}
