namespace Farm.Grains.Catalog;

/// <summary>What the catalogue logs.</summary>
internal static partial class CatalogLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Worker {WorkerId} registered manifest {ManifestHash} with {Count} node classes.")]
    public static partial void Registered(ILogger logger, string workerId, string manifestHash, int count);
}
