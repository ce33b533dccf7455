namespace Farm.Grains.Persistence;

/// <summary>What the store logs.</summary>
internal static partial class PersistenceLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "A commit of {Count} writes was refused; they are committed one by one.")]
    public static partial void BatchSplit(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Applying {Count} migrations to the {Provider} database.")]
    public static partial void Migrating(ILogger logger, int count, string provider);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} failed: the database does not answer ({Reason}).")]
    public static partial void Away(ILogger logger, string method, string reason);
}
