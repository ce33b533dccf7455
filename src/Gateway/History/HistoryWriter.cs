using System.Text.Json;
using Farm.Contracts.Prompts;
using Farm.Gateway.Events;
using Farm.Gateway.Http;

namespace Farm.Gateway.History;

/// <summary>A history entry in ComfyUI's shape (execution semantics, 18).</summary>
internal static class HistoryWriter
{
    /// <summary>Writes <c>{prompt, outputs, status, meta}</c>.</summary>
    public static void Write(Utf8JsonWriter writer, HistoryEntry entry)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("prompt");
        SubmissionWriter.Write(writer, entry.Submission);
        writer.WriteStartObject("outputs");
        foreach (var output in entry.Outputs)
        {
            writer.WritePropertyName(output.NodeId);
            writer.WriteRawValue(output.Output, skipInputValidation: true);
        }
        writer.WriteEndObject();
        writer.WritePropertyName("status");
        WriteStatus(writer, entry);
        writer.WriteStartObject("meta");
        foreach (var output in entry.Outputs)
            WriteMeta(writer, output);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Writes <c>{status_str, completed, messages}</c>.</summary>
    public static void WriteStatus(Utf8JsonWriter writer, HistoryEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteString("status_str", entry.Completed ? "success" : "error");
        writer.WriteBoolean("completed", entry.Completed);
        writer.WriteStartArray("messages");
        foreach (var message in entry.Messages)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(RunEventWriter.NameOf(message));
            RunEventWriter.WriteData(writer, message, entry.Submission.PromptId);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteMeta(Utf8JsonWriter writer, NodeUi output)
    {
        writer.WriteStartObject(output.NodeId);
        writer.WriteString("node_id", output.Meta.NodeId);
        writer.WriteString("display_node", output.Meta.DisplayNode);
        writer.WriteString("parent_node", output.Meta.ParentNode);
        writer.WriteString("real_node_id", output.Meta.RealNode);
        writer.WriteEndObject();
    }
}
