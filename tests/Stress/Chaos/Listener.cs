using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;

namespace Farm.Stress.Chaos;

/// <summary>
/// A client's socket: comes back under its client id at another gateway whenever it is lost, and is dropped by its own side now and
/// then, politely or by a reset. Notes which prompts it was told the end of.
/// </summary>
internal sealed class Listener(Func<IReadOnlyList<Uri>> gateways, int seed)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500), LongestLife = TimeSpan.FromSeconds(40), LongestWait = TimeSpan.FromSeconds(60);

    /// <summary>What ended so long before a reset may have been on its way: as long as the longest time that a gateway stands still, and some.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(20);

    /// <summary>Longer than a gateway stands still: what it sends into a connection that was given up is lost.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Random _random = new(seed);
    private readonly ConcurrentDictionary<string, int> _ends = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<DateTimeOffset> _resets = new();
    private int _connections;

    /// <summary>The client's id.</summary>
    public string ClientId { get; } = $"stress-{seed}-{Guid.NewGuid():N}";

    /// <summary>Whose client it is.</summary>
    public string Tenant { get; init; } = Tenants.Default;

    /// <summary>Whether it resets its connections where others say that they go.</summary>
    public bool IsRude { get; init; }

    /// <summary>Is told of every message.</summary>
    public Action<JsonElement>? Heard { get; init; }

    /// <summary>Connections that it has reset.</summary>
    public int Resets => _resets.Count;

    /// <summary>Sockets it has had.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Whether it was told the end of the prompt.</summary>
    public bool HeardEndOf(string promptId) => _ends.ContainsKey(promptId);

    /// <summary>Whether word of what ended then may have been in a connection that it reset: nobody knows what had arrived.</summary>
    public bool MayHaveLost(DateTimeOffset? end) => _resets.Any(reset => end <= reset && end > reset - OnItsWay);

    /// <summary>Prompts whose end it was told more than once.</summary>
    public int ToldAgain => _ends.Values.Count(times => times > 1);

    /// <summary>The prompts whose clients were not told of their ends, after some time for the last sockets to come back.</summary>
    public static async Task<HashSet<string>> UntilToldAsync(StressFarm farm, Listener[] listeners, IReadOnlyCollection<Accepted> prompts)
    {
        var byClient = listeners.ToDictionary(listener => listener.ClientId, StringComparer.Ordinal);
        var ends = (await PromptRecord.ReadAsync(farm)).ToLookup(row => row.PromptId, row => row.EndedAt, StringComparer.Ordinal);
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var deaf = prompts
                .Where(prompt => byClient[prompt.ClientId] is var client && !client.HeardEndOf(prompt.PromptId) && !ends[prompt.PromptId].Any(client.MayHaveLost))
                .Select(prompt => prompt.PromptId).ToHashSet(StringComparer.Ordinal);
            if (deaf.Count == 0 || TimeProvider.System.GetElapsedTime(start) > LongestWait)
                return deaf;
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
    }

    /// <summary>Listens until cancelled.</summary>
    public async Task ListenAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await ListenOnceAsync(TimeSpan.FromSeconds(5 + _random.NextDouble() * LongestLife.TotalSeconds), cancel);
            }
            catch (Exception lost) when (lost is WebSocketException or OperationCanceledException or HttpRequestException or IOException)
            {
                await Task.Delay(Pause, TimeProvider.System, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenOnceAsync(TimeSpan life, CancellationToken cancel)
    {
        using var socket = new ClientWebSocket();
        Socket? line = null;
        using var connecting = new HttpMessageInvoker(new SocketsHttpHandler { ConnectCallback = async (context, patience) => new NetworkStream(line = await DialAsync(context, patience), ownsSocket: true) });
        if (Tenant != Tenants.Default)
            socket.Options.SetRequestHeader(Tenants.Header, Tenant);
        var known = gateways();
        var gateway = known[_random.Next(known.Count)];
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel))
        {
            patience.CancelAfter(Patience);
            await socket.ConnectAsync(new UriBuilder(gateway) { Scheme = "ws", Path = "/ws", Query = $"clientId={ClientId}" }.Uri, connecting, patience.Token);
        }
        Interlocked.Increment(ref _connections);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var leaving = IsRude ? ResetAsync(line!, life, ended.Token) : LeaveAsync(socket, life, ended.Token);
        try
        {
            await ReceiveAsync(socket, cancel);
        }
        finally
        {
            await ended.CancelAsync();
            await leaving;
        }
    }

    private static async Task<Socket> DialAsync(SocketsHttpConnectionContext context, CancellationToken patience)
    {
        var line = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await line.ConnectAsync(context.DnsEndPoint, patience);
            return line;
        }
        catch
        {
            line.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Says that it goes, and hears out what is on its way: of a connection that is just cut nobody knows what has arrived.
    /// </summary>
    private static async Task LeaveAsync(ClientWebSocket socket, TimeSpan life, CancellationToken ended)
    {
        try
        {
            await Task.Delay(life, TimeProvider.System, ended);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ended);
            await Task.Delay(Patience, TimeProvider.System, ended);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException)
        {
            // It has ended already.
            return;
        }
        socket.Abort();
    }

    private async Task ResetAsync(Socket line, TimeSpan life, CancellationToken ended)
    {
        await Task.Delay(life / 2, TimeProvider.System, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (ended.IsCancellationRequested)
            return;
        line.Reset();
        _resets.Enqueue(TimeProvider.System.GetUtcNow());
    }

    private async Task ReceiveAsync(ClientWebSocket socket, CancellationToken cancel)
    {
        var buffer = new byte[1 << 16];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), cancel);
                if (part.MessageType == WebSocketMessageType.Close)
                    return;
                length += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Text)
                Note(buffer.AsMemory(0, length));
        }
    }

    private void Note(ReadOnlyMemory<byte> text)
    {
        using var message = JsonDocument.Parse(text);
        Heard?.Invoke(message.RootElement);
        if (message.RootElement.GetProperty("type").GetString() is "execution_success" or "execution_error" or "execution_interrupted")
            _ends.AddOrUpdate(message.RootElement.GetProperty("data").GetProperty("prompt_id").GetString()!, 1, (_, times) => times + 1);
    }
}
