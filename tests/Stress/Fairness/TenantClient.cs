using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Farm.Stress.Chaos;

namespace Farm.Stress.Fairness;

/// <summary>A client that a trusted proxy has named a tenant for.</summary>
internal sealed class TenantClient : IDisposable
{
    private const int Submitters = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly HttpClient _http;
    private int _submitted;

    public TenantClient(Uri address, string tenant)
    {
        _http = new HttpClient { BaseAddress = address };
        _http.DefaultRequestHeaders.Add("X-Farm-Tenant", tenant);
    }

    /// <summary>Submits prompts of so many milliseconds.</summary>
    public Task SubmitAsync(int count, int milliseconds) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = Submitters }, async (_, cancel) =>
        {
            var shape = Shape.Slow(Interlocked.Increment(ref _submitted), Guid.NewGuid().ToString(), milliseconds);
            using var answer = await _http.PostAsJsonAsync("/prompt", new JsonObject { ["prompt"] = shape.Graph }, cancel);
            answer.EnsureSuccessStatusCode();
        });

    /// <summary>Submits prompts and waits until the tenant has none left.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> RunAsync(int count, int milliseconds)
    {
        var start = TimeProvider.System.GetTimestamp();
        await SubmitAsync(count, milliseconds);
        while (await CountAsync() > 0)
            await Task.Delay(Pause, TimeProvider.System);
        return TimeProvider.System.GetElapsedTime(start);
    }

    /// <summary>How many wait or run.</summary>
    public async Task<int> CountAsync() =>
        (await _http.GetFromJsonAsync<JsonElement>("/prompt")).GetProperty("exec_info").GetProperty("queue_remaining").GetInt32();

    /// <summary>Removes what waits.</summary>
    public async Task ClearAsync()
    {
        using var answer = await _http.PostAsJsonAsync("/queue", new { clear = true });
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose() => _http.Dispose();
}
