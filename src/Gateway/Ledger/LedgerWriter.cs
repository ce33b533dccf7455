using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Ledger;

namespace Farm.Gateway.Ledger;

/// <summary>Entries of the ledger as JSON: times in milliseconds since 1970, null for what is not known.</summary>
internal static class LedgerWriter
{
    /// <summary>Writes <c>{entries, pagination}</c>.</summary>
    public static void WritePage(Utf8JsonWriter writer, LedgerPage page, LedgerQuery query)
    {
        writer.WriteStartObject();
        WriteEntries(writer, "entries", page.Entries);
        writer.WriteStartObject("pagination");
        writer.WriteNumber("offset", query.Offset);
        writer.WriteNumber("limit", query.Limit);
        writer.WriteBoolean("has_more", page.HasMore);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Writes the submissions of one prompt id, the last submitted as the object itself and the earlier ones beneath.</summary>
    public static void WritePrompt(Utf8JsonWriter writer, ImmutableArray<LedgerEntry> entries)
    {
        writer.WriteStartObject();
        WriteFields(writer, entries[0]);
        WriteEntries(writer, "earlier", entries[1..]);
        writer.WriteEndObject();
    }

    private static void WriteEntries(Utf8JsonWriter writer, string name, ImmutableArray<LedgerEntry> entries)
    {
        writer.WriteStartArray(name);
        foreach (var entry in entries)
        {
            writer.WriteStartObject();
            WriteFields(writer, entry);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteFields(Utf8JsonWriter writer, LedgerEntry entry)
    {
        writer.WriteString("prompt_id", entry.PromptId);
        writer.WriteString("run_id", entry.RunId);
        writer.WriteString("tenant", entry.Tenant);
        writer.WriteString("user", entry.User);
        writer.WriteString("status", entry.Status.ToString().ToLowerInvariant());
        WriteTime(writer, "queued_at", entry.QueuedAt);
        WriteTime(writer, "started_at", entry.StartedAt);
        WriteTime(writer, "ended_at", entry.EndedAt);
        writer.WriteString("worker", entry.WorkerId);
        WriteAttempts(writer, entry.Attempts);
        WriteModels(writer, entry.Models);
        WriteSeeds(writer, entry.Seeds);
        writer.WriteNumber("outputs_count", entry.Outputs);
        writer.WriteNumber("gpu_seconds", entry.GpuSeconds);
        writer.WriteString("error", entry.Error);
        writer.WriteString("batch", entry.BatchId?.ToString());
        if (entry.BatchIndex is { } index)
            writer.WriteNumber("batch_index", index);
        else
            writer.WriteNull("batch_index");
    }

    private static void WriteAttempts(Utf8JsonWriter writer, ImmutableArray<LedgerAttempt> attempts)
    {
        writer.WriteStartArray("attempts");
        foreach (var attempt in attempts)
        {
            writer.WriteStartObject();
            writer.WriteNumber("attempt", attempt.Attempt);
            writer.WriteString("worker", attempt.WorkerId);
            WriteTime(writer, "started_at", attempt.StartedAt);
            WriteTime(writer, "ended_at", attempt.EndedAt);
            writer.WriteString("end", attempt.End);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteModels(Utf8JsonWriter writer, ImmutableArray<LedgerModel> models)
    {
        writer.WriteStartArray("models");
        foreach (var model in models)
        {
            writer.WriteStartObject();
            writer.WriteString("node", model.NodeId);
            writer.WriteString("input", model.Input);
            writer.WriteString("name", model.Name);
            writer.WriteString("hash", model.Hash);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteSeeds(Utf8JsonWriter writer, ImmutableArray<LedgerSeed> seeds)
    {
        writer.WriteStartArray("seeds");
        foreach (var seed in seeds)
        {
            writer.WriteStartObject();
            writer.WriteString("node", seed.NodeId);
            writer.WriteString("input", seed.Input);
            writer.WriteNumber("seed", seed.Seed);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } known)
            writer.WriteNumber(name, known.ToUnixTimeMilliseconds());
        else
            writer.WriteNull(name);
    }
}
