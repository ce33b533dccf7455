using System.Text.Json;
using Farm.Contracts.Retention;

namespace Farm.Gateway.Retention;

/// <summary>Retention as JSON: times in milliseconds since 1970, ages in seconds, null for what is not limited or not known.</summary>
internal static class RetentionWriter
{
    /// <summary>Writes <c>{rules, dry_run, running, next_run_at, last_run, next}</c>.</summary>
    public static void Write(Utf8JsonWriter writer, RetentionStatus status)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("rules");
        foreach (var rule in status.Rules) WriteRule(writer, rule);
        writer.WriteEndArray();
        writer.WriteBoolean("dry_run", status.DryRun);
        writer.WriteBoolean("running", status.IsRunning);
        WriteTime(writer, "next_run_at", status.NextRunAt);
        WriteRun(writer, "last_run", status.LastRun);
        WriteRun(writer, "next", status.Next);
        writer.WriteEndObject();
    }

    /// <summary>Writes that a run began.</summary>
    public static void WriteStarted(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("started", value: true);
        writer.WriteEndObject();
    }

    private static void WriteRule(Utf8JsonWriter writer, RetentionRuleInfo rule)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", rule.Kind);
        writer.WriteString("tenant", rule.Tenant);
        WriteNumber(writer, "age_seconds", (long?)rule.Age?.TotalSeconds);
        WriteNumber(writer, "count", rule.Count);
        writer.WriteEndObject();
    }

    private static void WriteRun(Utf8JsonWriter writer, string name, RetentionRun? run)
    {
        if (run is null)
        {
            writer.WriteNull(name);
            return;
        }
        writer.WriteStartObject(name);
        WriteTime(writer, "started_at", run.StartedAt);
        WriteTime(writer, "ended_at", run.EndedAt);
        writer.WriteBoolean("dry_run", run.DryRun);
        writer.WriteString("error", run.Error);
        writer.WriteStartArray("kinds");
        foreach (var found in run.Found) WriteFound(writer, found);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteFound(Utf8JsonWriter writer, RetentionFound found)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", found.Kind);
        writer.WriteNumber("count", found.Count);
        writer.WriteNumber("bytes", found.Bytes);
        writer.WriteNumber("held", found.Held);
        writer.WriteNumber("failed", found.Failed);
        WriteTime(writer, "oldest", found.Oldest);
        WriteTime(writer, "newest", found.Newest);
        writer.WriteStartArray("samples");
        foreach (var sample in found.Samples) writer.WriteStringValue(sample);
        writer.WriteEndArray();
        writer.WriteBoolean("has_more", found.HasMore);
        writer.WriteString("note", found.Note);
        writer.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time) => WriteNumber(writer, name, time?.ToUnixTimeMilliseconds());

    private static void WriteNumber(Utf8JsonWriter writer, string name, long? number)
    {
        if (number is { } known) writer.WriteNumber(name, known);
        else writer.WriteNull(name);
    }
}
