using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Farm.EndToEnd.Harness;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>A client that runs prompts and sees what ran, by the events of its socket.</summary>
public sealed class RulesClient : IDisposable
{
    // What never comes fails its test instead of keeping all others waiting.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ComfyClient _client;

    private RulesClient(ComfyClient client) => _client = client;

    /// <summary>The client's id.</summary>
    public string Id => _client.ClientId;

    /// <summary>Its HTTP side.</summary>
    public HttpClient Http => _client.Http;

    /// <summary>A client whose socket is open.</summary>
    public static async Task<RulesClient> ConnectAsync(FarmProcess farm, string? clientId = null) => new(await ComfyClient.ConnectAsync(farm, clientId));

    /// <summary>Runs a prompt that must be accepted, to its closing message.</summary>
    public async Task<RulesRun> RunAsync(RulesGraph graph, Action<JsonObject>? request = null)
    {
        var (status, body) = await PostAsync(graph, request);
        if (status != 200)
            throw new InvalidOperationException($"{status}: {body}");
        return await FollowAsync(body.GetProperty("prompt_id").GetString()!);
    }

    /// <summary>Waits for the end of a prompt of this client.</summary>
    public async Task<RulesRun> FollowAsync(string promptId) => new(this, promptId, await _client.FollowAsync(promptId).WaitAsync(Patience));

    /// <summary>Reads the socket until a node is executing.</summary>
    public async Task UntilExecutingAsync(string node)
    {
        while (await ReceiveAsync() is not { Type: "executing" } message || message.Data.GetProperty("node").GetString() != node)
        {
        }
    }

    /// <summary>The next message of the socket.</summary>
    public async Task<SocketMessage> ReceiveAsync() => await _client.ReceiveAsync().WaitAsync(Patience) ?? throw new InvalidOperationException("The socket was closed.");

    /// <summary>Posts a prompt that may be refused.</summary>
    public async Task<(int Status, JsonElement Body)> PostAsync(RulesGraph graph, Action<JsonObject>? request = null)
    {
        var body = new JsonObject { ["prompt"] = graph.Prompt.DeepClone(), ["client_id"] = Id };
        request?.Invoke(body);
        return await PostAsync(body);
    }

    /// <summary>Posts any body to /prompt.</summary>
    public async Task<(int Status, JsonElement Body)> PostAsync(JsonNode body)
    {
        using var answer = await Http.PostAsJsonAsync("/prompt", body);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>A JSON answer.</summary>
    public async Task<JsonElement> GetAsync(FormattableString path) =>
        await Http.GetFromJsonAsync<JsonElement>(path.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();
}

/// <summary>A prompt that has run.</summary>
public sealed class RulesRun(RulesClient client, string promptId, IReadOnlyList<SocketMessage> messages)
{
    /// <summary>Its id.</summary>
    public string PromptId => promptId;

    /// <summary>Messages of the socket up to the closing one.</summary>
    public IReadOnlyList<SocketMessage> Messages => messages;

    /// <summary>Whether an <c>executing</c> was seen for the node.</summary>
    public bool DidRun(string id) => messages.Any(m => m.Type == "executing" && m.Data.GetProperty("node").GetString() == id);

    /// <summary>Whether the node is in <c>execution_cached</c>.</summary>
    public bool WasCached(string id) =>
        Of("execution_cached").SelectMany(data => data.GetProperty("nodes").EnumerateArray()).Any(node => node.GetString() == id);

    /// <summary>The nodes that ran, in order of their first <c>executing</c>.</summary>
    public IEnumerable<string> Ran => Of("executing").Select(data => data.GetProperty("node").GetString()).OfType<string>().Distinct();

    /// <summary>The data of all messages of a type.</summary>
    public IEnumerable<JsonElement> Of(string type) => messages.Where(m => m.Type == type).Select(m => m.Data);

    /// <summary>The error that ended it; fails when there is none.</summary>
    public JsonElement Error => Of("execution_error").Last();

    /// <summary>The messages in short: <c>&gt;x</c> executing x, <c>Ux</c> executed x, <c>Ux0</c> executed without output, <c>C[…]</c> execution_cached, <c>!</c> the end.</summary>
    public string Trace => string.Join(' ', messages.Select(Short).Where(text => text.Length > 0));

    /// <summary>The history entry.</summary>
    public async Task<JsonElement> HistoryAsync() => (await client.GetAsync($"/history/{promptId}")).GetProperty(promptId);

    /// <summary>The images that a node saved, each as its pixels.</summary>
    public async Task<IReadOnlyList<byte[]>> ImagesAsync(string node)
    {
        var outputs = (await HistoryAsync()).GetProperty("outputs");
        if (!outputs.TryGetProperty(node, out var output))
            return [];
        var images = new List<byte[]>();
        foreach (var image in output.GetProperty("images").EnumerateArray())
        {
            string Field(string name) => Uri.EscapeDataString(image.GetProperty(name).GetString()!);
            var file = await client.Http.GetByteArrayAsync($"/view?filename={Field("filename")}&subfolder={Field("subfolder")}&type={Field("type")}");
            images.Add(Pictures.Decode(file).Rgb);
        }
        return images;
    }

    /// <summary>The one value that all pixels of each image have; fails on an image of several.</summary>
    public async Task<IReadOnlyList<int>> ColoursAsync(string node) =>
        [.. (await ImagesAsync(node)).Select(image => (int)image.Distinct().Single())];

    private static string Short(SocketMessage message) => message.Type switch
    {
        "executing" when message.Data.GetProperty("node").GetString() is { } node => $">{node}",
        "executing" => "!",
        "executed" => $"U{message.Data.GetProperty("node").GetString()}{(message.Data.GetProperty("output").ValueKind == JsonValueKind.Null ? "0" : "")}",
        "execution_cached" when message.Data.GetProperty("nodes").GetArrayLength() > 0 =>
            $"C[{string.Join(',', message.Data.GetProperty("nodes").EnumerateArray())}]",
        "execution_error" => $"E{message.Data.GetProperty("node_id").GetString()}",
        "execution_interrupted" => "I",
        _ => "",
    };
}
