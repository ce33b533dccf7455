using System.Text.Json;
using Farm.Contracts.Batches;
using Farm.Gateway.Http;

namespace Farm.Gateway.Batches;

/// <summary>Batches as JSON: times in milliseconds since 1970, null for what is not known.</summary>
internal static class BatchWriter
{
    /// <summary>Writes a batch.</summary>
    public static void WriteBatch(Utf8JsonWriter writer, BatchInfo info)
    {
        writer.WriteStartObject();
        writer.WriteString("id", info.Id);
        writer.WriteString("name", info.Name);
        writer.WriteString("tenant", info.Tenant);
        writer.WriteString("status", info.Status.ToString().ToLowerInvariant());
        writer.WriteNumber("total", info.Total);
        writer.WriteStartObject("counts");
        writer.WriteNumber("pending", info.Pending);
        writer.WriteNumber("submitted", info.Submitted);
        writer.WriteNumber("completed", info.Completed);
        writer.WriteNumber("failed", info.Failed);
        writer.WriteNumber("cancelled", info.Cancelled);
        writer.WriteEndObject();
        writer.WriteNumber("progress", (double)(info.Completed + info.Failed + info.Cancelled) / info.Total);
        writer.WriteNumber("concurrency", info.Concurrency);
        WriteTime(writer, "created_at", info.CreatedAt);
        WriteTime(writer, "started_at", info.StartedAt);
        WriteTime(writer, "ended_at", info.EndedAt);
        WriteTime(writer, "eta", info.Eta);
        writer.WriteStartArray("after");
        foreach (var id in info.After)
            writer.WriteStringValue(id);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Writes <c>{batches, pagination}</c>.</summary>
    public static void WritePage(Utf8JsonWriter writer, BatchPage page, int offset, int limit)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("batches");
        foreach (var batch in page.Batches)
            WriteBatch(writer, batch);
        writer.WriteEndArray();
        WritePagination(writer, offset, limit, page.Total, page.Batches.Length);
        writer.WriteEndObject();
    }

    /// <summary>Writes <c>{items, pagination}</c>.</summary>
    public static void WriteItems(Utf8JsonWriter writer, BatchItemPage page, int offset, int limit)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("items");
        foreach (var item in page.Items)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index", item.Index);
            writer.WriteString("status", item.Status.ToString().ToLowerInvariant());
            writer.WriteNumber("tries", item.Tries);
            writer.WriteString("prompt_id", item.PromptId);
            writer.WriteString("error", item.Error);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        WritePagination(writer, offset, limit, page.Total, page.Items.Length);
        writer.WriteEndObject();
    }

    /// <summary>The status of a name.</summary>
    public static BatchItemStatus StatusOf(string name) =>
        Array.Find(Enum.GetValues<BatchItemStatus>(), status => status.ToString().Equals(name, StringComparison.OrdinalIgnoreCase)) is var found && found.ToString().Equals(name, StringComparison.OrdinalIgnoreCase)
            ? found
            : throw RequestRefusedException.Field("status", "must be submitted, waiting, completed, failed or cancelled");

    private static void WritePagination(Utf8JsonWriter writer, int offset, int limit, int total, int shown)
    {
        writer.WriteStartObject("pagination");
        writer.WriteNumber("offset", offset);
        writer.WriteNumber("limit", limit);
        writer.WriteNumber("total", total);
        writer.WriteBoolean("has_more", (long)offset + shown < total);
        writer.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } known)
            writer.WriteNumber(name, known.ToUnixTimeMilliseconds());
        else
            writer.WriteNull(name);
    }
}
