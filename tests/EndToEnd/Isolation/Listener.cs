using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Farm.EndToEnd.Isolation;

/// <summary>A client's socket, and every message that came over it and those that took its place.</summary>
internal sealed class Listener(TenantClient client, string clientId) : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _texts = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _ended = new(StringComparer.Ordinal);
    private ClientWebSocket? _socket;
    private Task _listening = Task.CompletedTask;
    private int _frames;

    /// <summary>The text messages, as they came.</summary>
    public IEnumerable<string> Texts => _texts;

    /// <summary>How many previews came.</summary>
    public int Frames => _frames;

    /// <summary>Opens the socket, or another in its place.</summary>
    public async Task OpenAsync(CancellationToken cancel)
    {
        await CloseAsync();
        _socket = await client.ListenAsync(clientId, cancel);
        _listening = ListenAsync(_socket, cancel);
    }

    /// <summary>Drops the connection without a word.</summary>
    public async Task CloseAsync()
    {
        _socket?.Abort();
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket?.Dispose();
    }

    /// <summary>Waits until it was told that a prompt is over.</summary>
    public Task EndedAsync(string promptId, CancellationToken cancel) => Ended(promptId).Task.WaitAsync(cancel);

    public async ValueTask DisposeAsync() => await CloseAsync();

    private TaskCompletionSource Ended(string promptId) => _ended.GetOrAdd(promptId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task ListenAsync(ClientWebSocket socket, CancellationToken cancel)
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancel);
            if (part.MessageType is WebSocketMessageType.Close)
                return;
            message.Write(buffer, 0, part.Count);
            if (!part.EndOfMessage)
                continue;
            if (part.MessageType is WebSocketMessageType.Text)
                Take(Encoding.UTF8.GetString(message.ToArray()));
            else
                Interlocked.Increment(ref _frames);
            message.SetLength(0);
        }
    }

    private void Take(string text)
    {
        _texts.Enqueue(text);
        using var message = JsonDocument.Parse(text);
        if (message.RootElement.GetProperty("type").GetString() is "execution_success" or "execution_error" or "execution_interrupted")
            Ended(message.RootElement.GetProperty("data").GetProperty("prompt_id").GetString()!).TrySetResult();
    }
}
