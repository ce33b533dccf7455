namespace Farm.Grains.Sessions;

/// <summary>What the sessions' grains log: ids only.</summary>
internal static partial class SessionLogMessages
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The gateway of connection {ConnectionId} does not answer; it is let go.")]
    public static partial void GatewayGone(ILogger logger, Exception error, string connectionId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "How a client's prompts ended could not be looked up for its socket.")]
    public static partial void NotRecalled(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "A gateway that listens to tenant {Tenant} does not answer; it is let go.")]
    public static partial void ListenerGone(ILogger logger, Exception error, string tenant);
}
