using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Farm.EndToEnd.Isolation;

/// <summary>A user of a tenant, who sends requests and takes down what came back.</summary>
internal sealed class TenantClient : IDisposable
{
    private readonly HttpClient _http;

    private TenantClient(TenantFarm farm, string tenant, string? user)
    {
        (Farm, Tenant, User) = (farm, tenant, user ?? "");
        _http = farm.ClientOf(tenant, user);
    }

    public TenantFarm Farm { get; }

    public string Tenant { get; }

    /// <summary>The user's id; empty for a request without a user.</summary>
    public string User { get; }

    /// <summary>Adds a user to a tenant and acts as that user.</summary>
    public static async Task<TenantClient> SignUpAsync(TenantFarm farm, string tenant, string name)
    {
        using var http = farm.ClientOf(tenant);
        using var answer = await http.PostAsJsonAsync("/users", new { username = name });
        answer.EnsureSuccessStatusCode();
        return new TenantClient(farm, tenant, (await answer.Content.ReadFromJsonAsync<string>())!);
    }

    /// <summary>The same tenant's client with another user's id, whether there is such a user or not.</summary>
    public TenantClient As(string user) => new(Farm, Tenant, user);

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, JsonNode? body = null) => SendAsync(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body));

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        var sent = path + (content is null ? "" : Encoding.UTF8.GetString(await content.ReadAsByteArrayAsync()));
        using var answer = await _http.SendAsync(request);
        var headers = string.Concat(answer.Headers.Concat(answer.Content.Headers).Select(header => $"{header.Key}: {string.Join(',', header.Value)}\n"));
        return new Answer((int)answer.StatusCode, headers, await answer.Content.ReadAsStringAsync(), sent + _http.DefaultRequestHeaders);
    }

    /// <summary>Uploads a file.</summary>
    public Task<Answer> UploadAsync(string name, byte[] content, string type = "input", string subfolder = "", string path = "/upload/image", params (string Name, string Value)[] more) =>
        SendAsync(HttpMethod.Post, path, Form("image", name, content, [("type", type), ("subfolder", subfolder), .. more]));

    /// <summary>Posts a file as an asset.</summary>
    public Task<Answer> CreateAssetAsync(string? name, byte[] content, params (string Name, string Value)[] fields) =>
        SendAsync(HttpMethod.Post, "/api/assets", Form("file", name, content, fields));

    /// <summary>Submits a graph.</summary>
    public Task<Answer> SubmitAsync(JsonNode graph, string? promptId = null, string? pool = null, string? clientId = null)
    {
        var body = new JsonObject { ["prompt"] = graph.DeepClone(), ["client_id"] = clientId };
        if (promptId is not null)
            body["prompt_id"] = promptId;
        if (pool is not null)
            body["extra_data"] = new JsonObject { ["farm"] = new JsonObject { ["pool"] = pool } };
        return PostAsync("/prompt", body);
    }

    /// <summary>Waits until a prompt is over; its entry in history.</summary>
    public async Task<JsonElement> EndedAsync(string promptId, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        do
        {
            if ((await GetAsync($"/history/{promptId}")).Json.TryGetProperty(promptId, out var entry))
                return entry;
        }
        while (await timer.WaitForNextTickAsync(cancel));
        throw new InvalidOperationException($"{promptId} did not end.");
    }

    /// <summary>Waits until a prompt runs.</summary>
    public async Task RunningAsync(string promptId, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await GetAsync($"/api/jobs/{promptId}")).Json.GetProperty("status").GetString() != "in_progress" && await timer.WaitForNextTickAsync(cancel))
        {
        }
    }

    /// <summary>A socket of a client.</summary>
    public async Task<ClientWebSocket> ListenAsync(string clientId, CancellationToken cancel)
    {
        var socket = new ClientWebSocket();
        foreach (var (name, value) in Farm.HeadersOf(Tenant))
            socket.Options.SetRequestHeader(name, value);
        await socket.ConnectAsync(new UriBuilder(Farm.Process.Address) { Scheme = "ws", Path = "/ws", Query = $"clientId={clientId}" }.Uri, cancel);
        return socket;
    }

    public void Dispose() => _http.Dispose();

    private static MultipartFormDataContent Form(string field, string? name, byte[] content, IEnumerable<(string Name, string Value)> fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (key, value) in fields)
            form.Add(new StringContent(value), key);
        if (name is null)
            return form;
        var file = new ByteArrayContent(content);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(file, field, name);
        return form;
    }
}

/// <summary>What came back.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body.</param>
/// <param name="Sent">Path, body and own headers of the request: what an answer may repeat.</param>
internal sealed record Answer(int Status, string Headers, string Body, string Sent)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}
