namespace Farm.Grains.Assets;

/// <summary>Log messages of assets.</summary>
internal static partial class AssetLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} could not be made an asset")]
    public static partial void NotRegistered(ILogger logger, Exception error, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The scan for assets at start could not begin")]
    public static partial void StartFailed(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sockets of tenant {Tenant} could not be told of a scan")]
    public static partial void TellFailed(ILogger logger, Exception error, string tenant);
}
