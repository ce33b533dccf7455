using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Webhooks;

/// <summary>A server that keeps what it is told and answers with the statuses in turn.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<(Dictionary<string, string> Headers, string Body)> _told = Channel.CreateUnbounded<(Dictionary<string, string>, string)>();
    private readonly Queue<int> _statuses;

    public Receiver(params int[] statuses)
    {
        _statuses = new Queue<int>(statuses);
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Address => $"http://127.0.0.1:{Port}/hook";

    public string Location { get; init; } = "";

    public bool Told { get; private set; }

    public void Dispose() => _listener.Dispose();

    /// <summary>The ids of all messages that were told and not asked for yet.</summary>
    public IReadOnlyList<string> Deliveries()
    {
        var ids = new List<string>();
        while (_told.Reader.TryRead(out var told)) ids.Add(told.Headers["x-farm-delivery"]);
        return ids;
    }

    /// <summary>The next request; the clock goes on until it comes.</summary>
    public async Task<(Dictionary<string, string> Headers, string Body)> NextAsync(FarmCluster farm)
    {
        (Dictionary<string, string>, string) told;
        while (!_told.Reader.TryRead(out told))
        {
            farm.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await farm.Scheduler.CountAsync("default");
        }
        return told;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                Told = true;
                await using var stream = client.GetStream();
                _told.Writer.TryWrite(await ReadAsync(stream));
                var status = _statuses.Count > 1 ? _statuses.Dequeue() : _statuses.Peek();
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nLocation: {Location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            }
        }
        catch (SocketException)
        {
            // The test is over.
        }
    }

    private static async Task<(Dictionary<string, string> Headers, string Body)> ReadAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        await reader.ReadLineAsync();
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
            headers[line[..line.IndexOf(':', StringComparison.Ordinal)].ToLowerInvariant()] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        var body = new char[int.Parse(headers["content-length"], System.Globalization.CultureInfo.InvariantCulture)];
        await reader.ReadBlockAsync(body);
        return (headers, new string(body));
    }
}
