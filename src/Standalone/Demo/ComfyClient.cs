using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Farm.Standalone.Demo;

/// <summary>A client of the ComfyUI API, as any other: one socket, one prompt after the other.</summary>
internal sealed class ComfyClient(Uri address) : IDisposable
{
    private readonly string _clientId = Guid.NewGuid().ToString();
    private readonly HttpClient _http = new() { BaseAddress = address };
    private readonly ClientWebSocket _socket = new();

    /// <summary>An image that a prompt saved.</summary>
    public sealed record SavedImage(string FileName, string Subfolder);

    /// <summary>Submits a graph, follows it to its end and returns the images it saved.</summary>
    /// <param name="graph">The graph in API format.</param>
    /// <param name="progress">Hears of the sampler's steps, 0 to 1.</param>
    /// <param name="cancel">Gives up following; the prompt goes on.</param>
    public async Task<IReadOnlyList<SavedImage>> RunAsync(JsonObject graph, IProgress<double> progress, CancellationToken cancel)
    {
        await _socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/ws", Query = $"clientId={_clientId}" }.Uri, cancel);
        using var answer = await _http.PostAsJsonAsync("/prompt", new JsonObject { ["prompt"] = graph.DeepClone(), ["client_id"] = _clientId }, cancel);
        var body = await answer.Content.ReadAsStringAsync(cancel);
        if (!answer.IsSuccessStatusCode)
            throw new DemoException($"The prompt was refused ({(int)answer.StatusCode}): {body}");
        var promptId = JsonDocument.Parse(body).RootElement.GetProperty("prompt_id").GetString()!;
        await foreach (var message in MessagesAsync(cancel))
        {
            var data = message.GetProperty("data");
            switch (message.GetProperty("type").GetString())
            {
                case "progress":
                    progress.Report(data.GetProperty("value").GetDouble() / data.GetProperty("max").GetDouble());
                    break;
                case "execution_success" when data.GetProperty("prompt_id").GetString() == promptId:
                    return await SavedAsync(promptId, cancel);
                case "execution_error" or "execution_interrupted":
                    throw new DemoException($"The prompt failed: {data}");
            }
        }
        throw new DemoException("The farm closed the socket before the prompt ended.");
    }

    public void Dispose()
    {
        _socket.Dispose();
        _http.Dispose();
    }

    private async Task<IReadOnlyList<SavedImage>> SavedAsync(string promptId, CancellationToken cancel)
    {
        var history = await _http.GetFromJsonAsync<JsonElement>($"/history/{promptId}", cancel);
        return
        [
            .. from node in history.GetProperty(promptId).GetProperty("outputs").EnumerateObject()
               from image in node.Value.GetProperty("images").EnumerateArray()
               select new SavedImage(image.GetProperty("filename").GetString()!, image.GetProperty("subfolder").GetString()!),
        ];
    }

    /// <summary>The socket's text messages; previews, which are binary, are passed over.</summary>
    private async IAsyncEnumerable<JsonElement> MessagesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(), cancel);
            if (part.MessageType == WebSocketMessageType.Close)
                yield break;
            message.Write(buffer, 0, part.Count);
            if (!part.EndOfMessage)
                continue;
            if (part.MessageType == WebSocketMessageType.Text)
                yield return JsonDocument.Parse(message.ToArray()).RootElement;
            message.SetLength(0);
        }
    }
}

/// <summary>The demo could not be carried out; the message is for the user.</summary>
internal sealed class DemoException(string message) : Exception(message);
