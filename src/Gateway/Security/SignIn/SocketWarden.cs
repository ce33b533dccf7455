using Farm.Gateway.WebSockets;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Security.SignIn;

/// <summary>Closes sockets whose key was revoked or whose session is over: a socket that is open asks for nothing more by itself.</summary>
internal sealed partial class SocketWarden(
    ConnectionRegistry registry, Session session, IOptions<SecurityOptions> options, TimeProvider clock, ILogger<SocketWarden> logger) : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SocketCheckInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var connection in registry.All)
                await CheckAsync(connection);
        }
    }

    private async Task CheckAsync(ClientConnection connection)
    {
        try
        {
            if (connection.Caller is not { } caller || await session.IsGoodAsync(caller))
                return;
        }
        catch (Exception failure) when (Calls.Unreachable.Is(failure) || failure is Contracts.Prompts.StoreUnavailableException)
        {
            // The farm cannot be asked for longer than it may be believed: the socket is no use meanwhile either.
            NotAsked(logger, connection.Id, failure.Message);
        }
        connection.SignOut();
        Closed(logger, connection.Id);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Socket {Connection} is closed: its key or session is no longer good")]
    private static partial void Closed(ILogger logger, string connection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The key of socket {Connection} could not be looked up ({Reason})")]
    private static partial void NotAsked(ILogger logger, string connection, string reason);
}
