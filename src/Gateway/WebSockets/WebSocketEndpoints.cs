using System.Net.WebSockets;
using Farm.Contracts.Scheduling;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Gateway.Security;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.WebSockets;

/// <summary><c>/ws</c>: the events of a client's runs and of its tenant's queue.</summary>
internal sealed class WebSocketEndpoints(
    IGrainFactory grains, GatewaySessions sessions, ConnectionRegistry registry, IdentityResolver identities, SocketReader reader,
    SocketInstruments instruments, IOptions<GatewayOptions> options) : IResource
{
    private const string NoUpgrade = "No WebSocket UPGRADE hdr: None\n Can \"Upgrade\" only to \"WebSocket\".";

    public void Map(IEndpointRouteBuilder routes) => routes.MapRead("/ws", ConnectAsync);

    private async Task<IResult> ConnectAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            return Answers.Text(NoUpgrade, StatusCodes.Status400BadRequest);
        var given = context.Request.Query["clientId"].ToString();
        if (given.Length > options.Value.MaxIdLength)
            throw RequestRefusedException.Field("clientId", $"must not be longer than {options.Value.MaxIdLength} characters");
        var limits = options.Value;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { KeepAliveInterval = limits.SocketPing, KeepAliveTimeout = limits.SocketPing });
        var connection = new ClientConnection(
            identities.Of(context).Tenant, given.Length > 0 ? given : Guid.NewGuid().ToString("N"), socket,
            new OutgoingQueue(limits.MaxSocketBacklog, limits.MaxSocketMessages), Caller.Of(context.User));
        await ServeAsync(connection, socket, context.RequestAborted);
        return Results.Empty;
    }

    private async Task ServeAsync(ClientConnection connection, WebSocket socket, CancellationToken cancel)
    {
        registry.Add(connection);
        instruments.Opened();
        try
        {
            await WelcomeAsync(connection);
            await reader.RunAsync(connection, socket, cancel);
        }
        finally
        {
            await sessions.DetachAsync(connection);
        }
    }

    private async Task WelcomeAsync(ClientConnection connection)
    {
        var state = await sessions.AttachAsync(connection);
        var count = await grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).CountAsync(connection.Tenant);
        var welcome = SocketMessage.Welcome(connection.ClientId, count);
        connection.Open(state.CurrentNode is { } node ? [welcome, SocketMessage.CurrentNode(node)] : [welcome], state.Missed);
    }
}
