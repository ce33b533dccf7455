using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Farm.Gateway.Logs;

/// <summary>Lines of the log in ComfyUI's JSON.</summary>
internal static class LogWriter
{
    /// <summary>Writes the member <c>entries</c>: <c>{t: time, m: line}</c> each.</summary>
    public static void WriteEntries(Utf8JsonWriter writer, ImmutableArray<LogEntry> entries)
    {
        writer.WriteStartArray("entries");
        foreach (var entry in entries)
        {
            writer.WriteStartObject();
            writer.WriteString("t", TimeOf(entry));
            writer.WriteString("m", entry.Text);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <summary>ISO time in UTC, without a zone as ComfyUI writes it.</summary>
    public static string TimeOf(LogEntry entry) => entry.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
