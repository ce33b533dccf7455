using System.Text.Json;
using Farm.Grains.Batches;
using Farm.Grains.Ledger;
using Farm.Grains.Prompts;

namespace Farm.Grains.Webhooks;

/// <summary>A message to an address.</summary>
internal sealed record WebhookMessage
{
    /// <summary>The message's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The tenant that asked for it.</summary>
    public required string Tenant { get; init; }

    /// <summary>Where it goes.</summary>
    public required string Url { get; init; }

    /// <summary>What happened.</summary>
    public required string Event { get; init; }

    /// <summary>The body as it is sent.</summary>
    public required string Body { get; init; }

    /// <summary>When it came up.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How often it was sent.</summary>
    public int Tries { get; init; }

    /// <summary>The message that a prompt is over; null where it names no address (<c>extra_data.farm.webhook</c>).</summary>
    public static WebhookMessage? Of(PromptState state, PromptEnd end)
    {
        if (UrlIn(state.Submission.ExtraData) is not { } url) return null;
        var at = state.EndedAt ?? state.Submission.CreatedAt;
        return Make(state.Submission.Tenant, url, "prompt.ended", at, writer =>
        {
            writer.WriteString("prompt_id", state.Submission.PromptId);
            writer.WriteString("run_id", state.RunId);
            writer.WriteString("status", LedgerEntries.StatusOf(end).ToString().ToLowerInvariant());
            writer.WriteString("batch", state.Submission.BatchId?.ToString());
        });
    }

    /// <summary>The message that a batch is over; null where it names no address.</summary>
    public static WebhookMessage? Of(BatchState state) => state is { EndedAt: { } at, Definition.Webhook: { } url }
        ? Make(state.Tenant, url, "batch.ended", at, writer =>
        {
            writer.WriteString("batch", state.Id);
            writer.WriteString("name", state.Definition.Name);
            writer.WriteString("status", state.Status.ToString().ToLowerInvariant());
            writer.WriteNumber("total", state.Total);
            writer.WriteNumber("completed", state.Completed);
            writer.WriteNumber("failed", state.Failed);
            writer.WriteNumber("cancelled", state.Cancelled);
        })
        : null;

    private static WebhookMessage Make(string tenant, string url, string happened, DateTimeOffset at, Action<Utf8JsonWriter> write)
    {
        var id = Guid.CreateVersion7(at);
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteString("id", id);
            writer.WriteString("event", happened);
            writer.WriteNumber("at", at.ToUnixTimeMilliseconds());
            writer.WriteString("tenant", tenant);
            writer.WriteStartObject("data");
            write(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return new WebhookMessage { Id = id, Tenant = tenant, Url = url, Event = happened, Body = System.Text.Encoding.UTF8.GetString(body.ToArray()), CreatedAt = at };
    }

    private static string? UrlIn(string extraData)
    {
        // Most prompts name none: their text is not parsed.
        if (!extraData.Contains("webhook", StringComparison.Ordinal)) return null;
        using var extra = JsonDocument.Parse(extraData, new JsonDocumentOptions { MaxDepth = 1000 });
        return extra.RootElement.TryGetProperty("farm", out var farm) && farm.ValueKind is JsonValueKind.Object
            && farm.TryGetProperty("webhook", out var url) && url.ValueKind is JsonValueKind.String ? url.GetString() : null;
    }
}
