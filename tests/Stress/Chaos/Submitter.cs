using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Farm.Stress.Chaos;

/// <summary>How a prompt is to be treated.</summary>
internal sealed record Wish
{
    /// <summary>Whose it is.</summary>
    public string Tenant { get; init; } = Tenants.Default;

    /// <summary>1 for high, 0 for normal, -1 for low.</summary>
    public int Priority { get; init; }

    /// <summary>Whether it goes before those that wait.</summary>
    public bool Front { get; init; }

    /// <summary>Whether its client interrupts it.</summary>
    public bool IsInterrupted { get; init; }
}

/// <summary>A prompt that a gateway has answered with 200.</summary>
internal sealed record Accepted(string PromptId, string ClientId, double Number, long Expected, DateTimeOffset At)
{
    /// <summary>What was asked for.</summary>
    public Wish Wish { get; init; } = new();
}

/// <summary>
/// Submits as a careful client does: under an id of its own, the same body again, at another gateway, until one answers. What a gateway
/// that was killed took and did not answer is thereby not submitted twice.
/// </summary>
internal sealed class Submitter(StressFarm farm, int seed) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();
    private int _repeated;

    /// <summary>What was accepted, by prompt id.</summary>
    public ConcurrentDictionary<string, Accepted> All { get; } = new(StringComparer.Ordinal);

    /// <summary>Submissions that had to be repeated.</summary>
    public int Repeated => Volatile.Read(ref _repeated);

    /// <summary>Answers other than 200 by status, and failures of the connection under 0.</summary>
    public ConcurrentDictionary<int, int> Refusals { get; } = new();

    /// <summary>503 answers that carried no Retry-After.</summary>
    public ConcurrentBag<string> WithoutRetryAfter { get; } = [];

    /// <summary>Submits until it is accepted, or until cancelled.</summary>
    public async Task<Accepted?> SubmitAsync(Func<string, Shape> shape, string clientId, CancellationToken cancel, Wish? wish = null)
    {
        var id = Guid.NewGuid().ToString();
        var made = shape(id);
        wish ??= new Wish();
        var body = new JsonObject { ["prompt"] = made.Graph, ["prompt_id"] = id, ["client_id"] = clientId };
        if (wish.Front)
            body["front"] = true;
        if (wish.Priority != 0)
            body["extra_data"] = new JsonObject { ["farm"] = new JsonObject { ["priority"] = wish.Priority > 0 ? "high" : "low" } };
        for (var tries = 0; !cancel.IsCancellationRequested; tries++)
        {
            if (tries == 1)
                Interlocked.Increment(ref _repeated);
            if (await TryAsync(body, wish.Tenant, cancel) is { } number)
                return All[id] = new Accepted(id, clientId, number, made.Expected, TimeProvider.System.GetUtcNow()) { Wish = wish };
            await Task.Delay(Pause, TimeProvider.System, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return null;
    }

    /// <summary>Asks a gateway drawn by lot; null when it does not answer with success.</summary>
    public async Task<string?> AskAsync(HttpMethod method, string path, string tenant, JsonObject? body = null)
    {
        try
        {
            using var answer = await SendAsync(method, path, tenant, body, CancellationToken.None);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : null;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
        {
            // It was killed, or stands still.
            return null;
        }
    }

    /// <summary>One try at a gateway drawn by lot; the number, or null.</summary>
    private async Task<double?> TryAsync(JsonObject body, string tenant, CancellationToken cancel)
    {
        try
        {
            using var answer = await SendAsync(HttpMethod.Post, "/prompt", tenant, body, cancel);
            if (answer.IsSuccessStatusCode)
                return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("number").GetDouble();
            var status = (int)answer.StatusCode;
            Refusals.AddOrUpdate(status, 1, (_, count) => count + 1);
            if (status == 503 && answer.Headers.RetryAfter is null)
                WithoutRetryAfter.Add(await answer.Content.ReadAsStringAsync(cancel));
            if (status is >= 400 and < 500)
                throw new InvalidOperationException($"{status}: {await answer.Content.ReadAsStringAsync(cancel)}");
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
        {
            Refusals.AddOrUpdate(0, 1, (_, count) => count + 1);
        }
        return null;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string tenant, JsonObject? body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, new Uri(Draw(), path)) { Content = body is null ? null : JsonContent.Create(body) };
        if (tenant != Tenants.Default)
            request.Headers.Add(Tenants.Header, tenant);
        return await _http.SendAsync(request, cancel);
    }

    private Uri Draw()
    {
        lock (_lock)
            return farm.Gateways[_random.Next(farm.Gateways.Count)].Http;
    }

    public void Dispose() => _http.Dispose();
}
