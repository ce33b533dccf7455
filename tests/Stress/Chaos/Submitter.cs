using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Farm.Stress.Chaos;

/// <summary>A prompt that a gateway has answered with 200.</summary>
internal sealed record Accepted(string PromptId, string ClientId, double Number, long Expected, DateTimeOffset At);

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
    public async Task<Accepted?> SubmitAsync(Func<string, Shape> shape, string clientId, CancellationToken cancel)
    {
        var id = Guid.NewGuid().ToString();
        var made = shape(id);
        var body = new JsonObject { ["prompt"] = made.Graph, ["prompt_id"] = id, ["client_id"] = clientId };
        for (var tries = 0; !cancel.IsCancellationRequested; tries++)
        {
            if (tries == 1)
                Interlocked.Increment(ref _repeated);
            if (await TryAsync(body, cancel) is { } number)
                return All[id] = new Accepted(id, clientId, number, made.Expected, TimeProvider.System.GetUtcNow());
            await Task.Delay(Pause, TimeProvider.System, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return null;
    }

    /// <summary>One try at a gateway drawn by lot; the number, or null.</summary>
    private async Task<double?> TryAsync(JsonObject body, CancellationToken cancel)
    {
        try
        {
            using var answer = await _http.PostAsJsonAsync(new Uri(Draw(), "/prompt"), body, cancel);
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

    private Uri Draw()
    {
        lock (_lock)
            return farm.Gateways[_random.Next(farm.Gateways.Count)].Http;
    }

    public void Dispose() => _http.Dispose();
}
