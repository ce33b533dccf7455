using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Farm.Gateway.Health;
using Farm.Gateway.Http;
using Farm.Gateway.Stats;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.WebSockets;

/// <summary>Runs a socket: sends what is queued, reads what the client says, ends both together.</summary>
internal sealed partial class SocketReader(
    IOptions<GatewayOptions> options, TimeProvider time, SocketInstruments instruments, Departure departure, ILogger<SocketReader> logger)
{
    /// <summary>Returns when the socket is closed by either side.</summary>
    public async Task RunAsync(ClientConnection connection, WebSocket socket, CancellationToken aborted)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        using var cut = connection.Cut.Register(() => CutOff(connection, stop));
        using var signedOut = connection.SignedOut.Register(() => _ = FarewellAsync(stop));
        using var leaving = departure.Begun.Register(() => Leave(connection, stop));
        var sending = SendAsync(connection, stop.Token);
        try
        {
            await ReadAsync(connection, socket, stop.Token);
        }
        catch (WebSocketException)
        {
            // The connection broke; there is nobody to tell.
        }
        catch (OperationCanceledException)
        {
            // Aborted, or cut off below.
        }
        await stop.CancelAsync();
        await sending;
        if (socket.State is not (WebSocketState.CloseReceived or WebSocketState.Open or WebSocketState.Closed))
            socket.Abort();
    }

    private void CutOff(ClientConnection connection, CancellationTokenSource stop)
    {
        instruments.CutOff();
        CutOff(logger, connection.Id);
        _ = FarewellAsync(stop);
    }

    private void Leave(ClientConnection connection, CancellationTokenSource stop)
    {
        connection.Leave();
        _ = FarewellAsync(stop);
    }

    /// <summary>Gives the client time to take the close; a send that hangs ends with the connection.</summary>
    private async Task FarewellAsync(CancellationTokenSource stop)
    {
        try
        {
            await Task.Delay(options.Value.SocketFarewell, time, stop.Token);
            await stop.CancelAsync();
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // The socket has ended by itself.
        }
    }

    private static async Task SendAsync(ClientConnection connection, CancellationToken stop)
    {
        try
        {
            await connection.SendAsync(stop);
        }
        catch (Exception ended) when (ended is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // The reader notices the same and ends the socket.
        }
    }

    private async Task ReadAsync(ClientConnection connection, WebSocket socket, CancellationToken stop)
    {
        var isFirst = true;
        var buffer = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.GetMemory(4096), stop);
            if (part.MessageType is WebSocketMessageType.Close)
            {
                if (socket.State is WebSocketState.CloseReceived)
                    await socket.CloseOutputAsync(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, null, stop);
                return;
            }
            buffer.Advance(part.Count);
            if (buffer.WrittenCount > options.Value.MaxSocketRequest)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.MessageTooBig, "the message is too big", stop);
                return;
            }
            if (!part.EndOfMessage)
                continue;
            if (isFirst && part.MessageType is WebSocketMessageType.Text)
                Greet(connection, buffer.WrittenMemory.ToArray());
            isFirst = false;
            buffer.ResetWrittenCount();
        }
    }

    // Only a client's first message may say what it can take; it is told in turn what this server can.
    private void Greet(ClientConnection connection, byte[] message)
    {
        JsonElement said;
        try
        {
            said = JsonText.Parse(message, options.Value.MaxJsonDepth);
        }
        catch (JsonException)
        {
            return;
        }
        if (said.Member("type") is not { ValueKind: JsonValueKind.String } type || !type.ValueEquals("feature_flags"))
            return;
        connection.TakesForecasts = said.Member("data")?.Member("supports_farm_forecast") is { ValueKind: JsonValueKind.True };
        connection.TakesPreviewMetadata = said.Member("data")?.Member("supports_preview_metadata") is { ValueKind: JsonValueKind.True };
        connection.Add(SocketMessage.Json("feature_flags", writer => ServerFeatures.Write(writer, options.Value)));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Socket {Connection} is closed: the client reads too slowly")]
    private static partial void CutOff(ILogger logger, string connection);
}
