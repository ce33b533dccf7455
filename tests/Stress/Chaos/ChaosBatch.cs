using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Farm.Stress.Chaos;

/// <summary>A batch that runs beside the prompts of a chaos run, and what must have come of it: every index once, and word of its end.</summary>
internal sealed class ChaosBatch(StressFarm farm, Invariants invariants, WebhookReceiver receiver, int total)
{
    private const string Text = "batch";
    private const int Milliseconds = 300, Concurrency = 2;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly string Tenant = Tenants.All[^1];

    private Guid _id;

    /// <summary>Submits it. A batch has no id of the client's: after a 503 there may be one more, which runs along.</summary>
    public async Task SubmitAsync()
    {
        using var http = new HttpClient { BaseAddress = farm.Addresses[0] };
        http.DefaultRequestHeaders.Add(Tenants.Header, Tenant);
        while (true)
        {
            using var answer = await http.PostAsJsonAsync("/farm/api/batches", Request());
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            if (answer.IsSuccessStatusCode)
            {
                _id = body.GetProperty("id").GetGuid();
                return;
            }
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                throw new InvalidOperationException(body.ToString());
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
    }

    /// <summary>Checks its row, its indices, its prompts with their outputs, and the message of its end.</summary>
    public async Task CheckAsync()
    {
        var completed = await farm.CountAsync($"SELECT count(*) FROM batches WHERE batch_id = '{_id}' AND tenant = '{Tenant}' AND status = 5 AND completed = {total} AND total = {total}");
        invariants.Check("the batch has completed", completed == 1, () => $"batch {_id} of {total}");
        var items = await farm.ReadAsync($"SELECT index FROM batch_items WHERE batch_id = '{_id}' AND status = 2", row => row.GetInt32(0));
        invariants.Check("every index of the batch has completed", items.Order().SequenceEqual(Enumerable.Range(0, total)), () => $"{items.Count} of {total}");
        await CheckPromptsAsync();
        await CheckWebhookAsync();
    }

    private async Task CheckPromptsAsync()
    {
        var runs = (await farm.ReadAsync($"SELECT batch_index, run_id FROM prompts WHERE batch_id = '{_id}' AND outcome = 0", row => (Index: row.GetInt32(0), Run: row.GetGuid(1)))).ToLookup(run => run.Index, run => run.Run);
        var files = (await HistoryRecord.ReadAsync(farm)).ToLookup(end => end.RunId, end => end.Files);
        for (var i = 0; i < total; i++)
        {
            var own = runs[i].ToArray();
            invariants.Check("an index of the batch is one prompt", own.Length == 1, () => string.Create(CultureInfo.InvariantCulture, $"index {i}: {own.Length} prompts"));
            var path = own.SelectMany(run => files[run]).SelectMany(names => names).ToArray() is [var file] ? Path.Combine(farm.Output(Tenant), file) : "";
            var content = File.Exists(path) ? await File.ReadAllTextAsync(path) : "nothing";
            invariants.Check("outputs of the batch are whole and right", content == $"{Text} {ShapeOf(i).Expected}", () => $"index {i} holds {content}");
        }
    }

    /// <summary>Each message is refused once, so it comes twice at the least.</summary>
    private async Task CheckWebhookAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        while (Own().Length < 2 && TimeProvider.System.GetElapsedTime(start) < LongestWait)
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        var all = Own();
        invariants.Check("the batch's webhook comes again after it was refused", all.Length >= 2, () => $"{all.Length} deliveries");
        invariants.Check("the batch's webhook is one message", all.Select(delivery => delivery.Id).Distinct(StringComparer.Ordinal).Count() == 1, () => string.Join(", ", all.Select(delivery => delivery.Id)));
        foreach (var delivery in all)
        {
            invariants.Check("webhooks are signed", delivery.IsSigned, () => delivery.Id);
            var said = JsonElement.Parse(delivery.Body);
            var isRight = said.GetProperty("event").GetString() == "batch.ended" && said.GetProperty("tenant").GetString() == Tenant && said.GetProperty("data").GetProperty("completed").GetInt32() == total;
            invariants.Check("the batch's webhook tells of its end", isRight, () => delivery.Body);
        }
    }

    private Delivery[] Own() => [.. receiver.Deliveries.Where(delivery => JsonElement.Parse(delivery.Body).GetProperty("data").GetProperty("batch").GetGuid() == _id)];

    private JsonObject Request() => new()
    {
        ["workflow"] = ShapeOf(0).Graph,
        ["name"] = Text,
        ["concurrency"] = Concurrency,
        ["webhook"] = receiver.Address.ToString(),
        ["parameters"] = new JsonArray(new JsonObject { ["node"] = "1", ["input"] = "salt", ["range"] = new JsonObject { ["from"] = 0, ["to"] = total - 1 } }),
    };

    private static Shape ShapeOf(int index) => Shape.Slow(index, Text, Milliseconds);
}
