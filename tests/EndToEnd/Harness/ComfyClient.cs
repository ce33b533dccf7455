using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Farm.EndToEnd.Harness;

/// <summary>A client of ComfyUI's API over HTTP and a WebSocket.</summary>
public sealed class ComfyClient : IDisposable
{
    private readonly Uri _address;
    private readonly ClientWebSocket _socket = new();

    private ComfyClient(Uri address)
    {
        _address = address;
        Http = new HttpClient { BaseAddress = address };
    }

    public HttpClient Http { get; }

    public string ClientId { get; private init; } = Guid.NewGuid().ToString();

    /// <summary>A client whose socket is open; one that comes back has its id of before.</summary>
    public static Task<ComfyClient> ConnectAsync(FarmProcess farm, string? clientId = null) => ConnectAsync(farm.Address, clientId);

    /// <summary>A client of what serves at an address, with an API key where callers sign in.</summary>
    public static async Task<ComfyClient> ConnectAsync(Uri address, string? clientId = null, string? key = null)
    {
        var client = new ComfyClient(address) { ClientId = clientId ?? Guid.NewGuid().ToString() };
        if (key is not null)
        {
            client.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            client._socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        }
        await client._socket.ConnectAsync(new UriBuilder(client._address) { Scheme = "ws", Path = "/ws", Query = $"clientId={client.ClientId}" }.Uri, CancellationToken.None);
        return client;
    }

    /// <summary>Submits a graph and returns its prompt id.</summary>
    public async Task<string> SubmitAsync(JsonNode graph, JsonObject? extraData = null)
    {
        var (status, body) = await PostAsync(graph, extraData);
        return status == 200 ? body.GetProperty("prompt_id").GetString()! : throw new InvalidOperationException($"{status}: {body}");
    }

    /// <summary>Submits a graph that may be refused.</summary>
    public async Task<(int Status, JsonElement Body)> PostAsync(JsonNode graph, JsonObject? extraData = null)
    {
        var body = new JsonObject { ["prompt"] = graph.DeepClone(), ["client_id"] = ClientId, ["extra_data"] = extraData ?? [] };
        using var answer = await Http.PostAsJsonAsync("/prompt", body);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>The socket's messages up to the one that closes the prompt: <c>executing</c> with node null.</summary>
    public async Task<IReadOnlyList<SocketMessage>> FollowAsync(string promptId)
    {
        var messages = new List<SocketMessage>();
        while (await ReceiveAsync() is { } message)
        {
            // A scan for assets tells of itself at any time.
            if (message.Type.StartsWith("assets.", StringComparison.Ordinal))
                continue;
            messages.Add(message);
            if (message.Type == "executing" && message.Data.GetProperty("node").ValueKind == JsonValueKind.Null && message.Data.GetProperty("prompt_id").GetString() == promptId)
                return messages;
        }
        throw new InvalidOperationException("The socket was closed before the prompt ended.");
    }

    /// <summary>Tells the server, as the first message, that previews may come with metadata, and takes its answer.</summary>
    public async Task AskForPreviewMetadataAsync()
    {
        await ReceiveAsync();
        var flags = Encoding.UTF8.GetBytes("{\"type\": \"feature_flags\", \"data\": {\"supports_preview_metadata\": true}}");
        await _socket.SendAsync(flags.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        while (await ReceiveAsync() is { Type: not "feature_flags" })
        {
        }
    }

    /// <summary>The next message; null when the socket was closed.</summary>
    public async Task<SocketMessage?> ReceiveAsync()
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return part.MessageType == WebSocketMessageType.Text ? SocketMessage.OfText(message.ToArray()) : SocketMessage.OfBinary(message.ToArray());
        }
    }

    /// <summary>Reads status messages until one says that nothing is left.</summary>
    public async Task DrainAsync()
    {
        while (await ReceiveAsync() is { } message)
            if (message.Type == "status" && message.Data.GetProperty("status").GetProperty("exec_info").GetProperty("queue_remaining").GetInt32() == 0)
                return;
    }

    /// <summary>The history entry of a prompt; null when there is none.</summary>
    public async Task<JsonElement?> HistoryAsync(string promptId)
    {
        var history = await Http.GetFromJsonAsync<JsonElement>($"/history/{Uri.EscapeDataString(promptId)}");
        return history.TryGetProperty(promptId, out var entry) ? entry : null;
    }

    /// <summary>The bytes of the images that a prompt saved, in order.</summary>
    public async Task<IReadOnlyList<byte[]>> ImagesAsync(string promptId)
    {
        var images = new List<byte[]>();
        var entry = await HistoryAsync(promptId) ?? throw new InvalidOperationException($"{promptId} is not in history.");
        foreach (var node in entry.GetProperty("outputs").EnumerateObject())
        {
            foreach (var image in node.Value.GetProperty("images").EnumerateArray())
            {
                string Field(string name) => Uri.EscapeDataString(image.GetProperty(name).GetString()!);
                images.Add(await Http.GetByteArrayAsync($"/view?filename={Field("filename")}&subfolder={Field("subfolder")}&type={Field("type")}"));
            }
        }
        return images;
    }

    /// <summary>Uploads a file into the input folder.</summary>
    public async Task UploadAsync(string name, byte[] content)
    {
        using var file = new ByteArrayContent(content);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var form = new MultipartFormDataContent { { file, "image", name }, { new StringContent("true"), "overwrite" } };
        using var answer = await Http.PostAsync("/upload/image", form);
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose()
    {
        _socket.Dispose();
        Http.Dispose();
    }
}

/// <summary>A message of the socket; a binary one has no data.</summary>
public sealed record SocketMessage(string Type, JsonElement Data, byte[] Binary)
{
    public static SocketMessage OfText(byte[] text)
    {
        var message = JsonDocument.Parse(text).RootElement;
        return new(message.GetProperty("type").GetString()!, message.GetProperty("data"), []);
    }

    public static SocketMessage OfBinary(byte[] frame) => new("binary", default, frame);
}
