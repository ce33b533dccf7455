using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Farm.EndToEnd.Fuzzing;

/// <summary>Sends requests over a connection of their own, byte for byte: a client library would refuse or mend most of them.</summary>
internal static class RawHttp
{
    private static readonly byte[] CloseFrame = [0x88, 0x80, 0, 0, 0, 0];

    /// <summary>Sends a request and reads until the server closes the connection.</summary>
    /// <returns>The whole answer with its head; null where the server broke off before it had read the request.</returns>
    public static async Task<byte[]?> SendAsync(Uri server, FuzzRequest request, CancellationToken cancel)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port, cancel);
        try
        {
            await SendAllAsync(socket, request.ToBytes(), cancel);
            if (request.End is BodyEnd.Reset)
            {
                socket.LingerState = new LingerOption(enable: true, 0);
                return null;
            }
            if (request.IsCut)
                socket.Shutdown(SocketShutdown.Send);
            if (request.IsSocket)
                return await TalkAsync(socket, request, cancel);
            return await ReadAllAsync(socket, new MemoryStream(), cancel);
        }
        catch (SocketException broken) when (broken.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted)
        {
            return null;
        }
    }

    /// <summary>An answer's status; 0 where it has none.</summary>
    public static int StatusOf(byte[] answer) =>
        Encoding.Latin1.GetString(answer, 0, Math.Min(answer.Length, 12)) is ['H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', .. var status] && int.TryParse(status, out var number) ? number : 0;

    /// <summary>An answer's body, joined where it came in chunks.</summary>
    public static byte[] BodyOf(byte[] answer)
    {
        var head = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return [];
        var rest = answer.AsSpan(head + 4);
        if (!Encoding.Latin1.GetString(answer, 0, head).Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
            return rest.ToArray();
        var body = new MemoryStream();
        while (rest.IndexOf("\r\n"u8) is var line and > 0 && int.Parse(rest[..line], NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var length and > 0)
        {
            body.Write(rest.Slice(line + 2, length));
            rest = rest[(line + 2 + length + 2)..];
        }
        return body.ToArray();
    }

    private static async Task<byte[]> TalkAsync(Socket socket, FuzzRequest request, CancellationToken cancel)
    {
        var answer = new MemoryStream();
        await ReadSomeAsync(socket, answer, cancel);
        // A refused socket stays open for another request.
        if (StatusOf(answer.ToArray()) != 101)
            return answer.ToArray();
        await SendAllAsync(socket, (byte[])[.. request.Body, .. CloseFrame], cancel);
        // A frame that is longer than what comes takes the closing one for its content: only the end of the stream ends it.
        socket.Shutdown(SocketShutdown.Send);
        return await ReadAllAsync(socket, answer, cancel);
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, cancel)..];
    }

    private static async Task<byte[]> ReadAllAsync(Socket socket, MemoryStream answer, CancellationToken cancel)
    {
        try
        {
            while (await ReadSomeAsync(socket, answer, cancel))
            {
            }
        }
        catch (SocketException) when (answer.Length > 0)
        {
            // The server closed without reading what it had refused.
        }
        return answer.ToArray();
    }

    private static async Task<bool> ReadSomeAsync(Socket socket, MemoryStream answer, CancellationToken cancel)
    {
        var buffer = new byte[16 * 1024];
        var read = await socket.ReceiveAsync(buffer, cancel);
        answer.Write(buffer, 0, read);
        return read > 0;
    }
}
