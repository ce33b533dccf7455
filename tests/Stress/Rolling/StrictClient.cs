using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Farm.Stress.Chaos;

namespace Farm.Stress.Rolling;

/// <summary>
/// A client that never tries anything twice: it submits prompts and, in between, asks, uploads and looks at results as a studio's programs do. Every
/// request that was answered with 500 or more, or not at all, is noted.
/// </summary>
internal sealed class StrictClient : IDisposable
{
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http;
    private readonly string _clientId;
    private readonly Queue<Accepted> _open = new();
    private int _submitted;
    private int _requests;

    /// <param name="balancer">Where it sends everything.</param>
    /// <param name="clientId">That of its socket.</param>
    /// <param name="seed">Makes its graphs its own.</param>
    public StrictClient(Uri balancer, string clientId, int seed)
    {
        _http = new HttpClient { BaseAddress = balancer, Timeout = TimeSpan.FromSeconds(60) };
        (_clientId, _submitted) = (clientId, 1_000 * seed);
    }

    /// <summary>What was accepted.</summary>
    public ConcurrentBag<Accepted> Accepted { get; } = [];

    /// <summary>Requests that failed, in words.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    /// <summary>Results that were looked at, and were not what they must be.</summary>
    public ConcurrentQueue<string> Wrong { get; } = new();

    /// <summary>Results that were looked at.</summary>
    public int Looked { get; private set; }

    /// <summary>Requests sent.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Asks small things all the time, so that some are asked at every moment of a restart.</summary>
    public async Task AskAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(AskInterval, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
                await SendAsync(HttpMethod.Get, "/prompt");
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    /// <summary>Submits a prompt, then does what goes with it.</summary>
    public async Task RoundAsync()
    {
        await SubmitAsync();
        await SendAsync(HttpMethod.Get, "/queue");
        await SendAsync(HttpMethod.Get, "/object_info/StressMix");
        await SendAsync(HttpMethod.Get, "/api/jobs?limit=5");
        await SendAsync(HttpMethod.Post, "/upload/image", () => Upload($"{_clientId}.txt"));
        await LookAsync();
    }

    private async Task SubmitAsync()
    {
        var id = Guid.NewGuid().ToString();
        var shape = Shape.Of(_submitted++, id);
        var body = new JsonObject { ["prompt"] = shape.Graph, ["prompt_id"] = id, ["client_id"] = _clientId };
        if (await SendAsync(HttpMethod.Post, "/prompt", () => JsonContent.Create(body)) is not { } answer)
            return;
        var accepted = new Accepted(id, _clientId, JsonElement.Parse(answer).GetProperty("number").GetDouble(), shape.Expected, TimeProvider.System.GetUtcNow());
        Accepted.Add(accepted);
        _open.Enqueue(accepted);
    }

    /// <summary>Takes the oldest prompt's result, if it is there, through <c>/view</c>.</summary>
    private async Task LookAsync()
    {
        if (!_open.TryPeek(out var oldest) || await SendAsync(HttpMethod.Get, $"/history/{oldest.PromptId}") is not { } history)
            return;
        if (!JsonElement.Parse(history).TryGetProperty(oldest.PromptId, out var entry))
            return;
        _open.Dequeue();
        var file = entry.GetProperty("outputs").GetProperty("save").GetProperty("images")[0].GetProperty("filename").GetString();
        if (await SendAsync(HttpMethod.Get, $"/view?filename={file}&type=output") is not { } content)
            return;
        Looked++;
        if (content != $"{oldest.PromptId} {oldest.Expected}")
            Wrong.Enqueue($"{oldest.PromptId}: {content}");
    }

    private static MultipartFormDataContent Upload(string name)
    {
        var file = new ByteArrayContent(Encoding.UTF8.GetBytes(name));
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return new MultipartFormDataContent { { file, "image", name }, { new StringContent("true"), "overwrite" } };
    }

    /// <returns>The body of a 200, else null.</returns>
    private async Task<string?> SendAsync(HttpMethod method, string path, Func<HttpContent>? content = null)
    {
        Interlocked.Increment(ref _requests);
        using var request = new HttpRequestMessage(method, path) { Content = content?.Invoke() };
        try
        {
            using var answer = await _http.SendAsync(request);
            var body = await answer.Content.ReadAsStringAsync();
            if (answer.IsSuccessStatusCode)
                return body;
            Failures.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss} {method} {path}: {(int)answer.StatusCode} {body}");
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
        {
            Failures.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss} {method} {path}: {failure.Message}");
        }
        return null;
    }

    public void Dispose() => _http.Dispose();
}
