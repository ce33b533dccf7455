namespace Farm.Grains.Retention;

/// <summary>What retention logs: kinds and counts, and names of files that could not be removed.</summary>
internal static partial class RetentionLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Retention removed {Count} of {Kind}, {Bytes} bytes; {Held} are held, {Failed} could not be removed.")]
    public static partial void Removed(ILogger logger, string kind, long count, long bytes, long held, long failed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Retention ended early; the next run goes on.")]
    public static partial void RunFailed(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} could not be removed; the next run tries again.")]
    public static partial void FileStays(ILogger logger, Exception error, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Retention could not be woken; it is tried again.")]
    public static partial void WakeFailed(ILogger logger, Exception error);
}
