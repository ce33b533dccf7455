using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Farm.Stress;

/// <summary>Passes connections on to a server of this machine, and cuts them all when told: clients get a reset and no word.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly int _target;
    private readonly Task _accepting;
    private int _cut;

    /// <param name="target">The server's port.</param>
    public CuttingProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections cut so far.</summary>
    public int Cuts => Volatile.Read(ref _cut);

    /// <summary>Cuts every connection that there is.</summary>
    public void Cut()
    {
        foreach (var socket in _sockets.Keys.Where(socket => _sockets.TryRemove(socket, out _)))
        {
            socket.Reset();
            Interlocked.Increment(ref _cut);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        var lines = new List<Task>();
        try
        {
            while (true)
                lines.Add(PassAsync(await _listener.AcceptSocketAsync()));
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            await Task.WhenAll(lines);
        }
    }

    private async Task PassAsync(Socket client)
    {
        using var near = client;
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _sockets[near] = 0;
        try
        {
            near.NoDelay = true;
            await far.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(CopyAsync(near, far), CopyAsync(far, near));
        }
        catch (SocketException)
        {
            // The server is not there: the client finds its connection closed.
        }
        _sockets.TryRemove(near, out _);
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var length)
                await to.SendAsync(buffer.AsMemory(0, length));
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // The connection was cut, or one side closed it.
        }
    }
}

/// <summary>Ends a connection rudely.</summary>
internal static class SocketReset
{
    /// <summary>Closes it at once: what was not read is lost, and the other side gets a reset.</summary>
    public static void Reset(this Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
        socket.Dispose();
    }
}
