using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Farm.Contracts.Assets;
using Farm.Contracts.Prompts;
using Farm.Contracts.Sessions;
using Farm.Contracts.Text;

namespace Farm.Gateway.Events;

/// <summary>
/// Run events in ComfyUI's JSON: the name of a message and the members of its data, in the recorded order. Sockets and history show
/// the same data.
/// </summary>
internal static class RunEventWriter
{
    /// <summary>ComfyUI scans in two phases and names them; here a file is read once and whole.</summary>
    private const string ScanPhase = "full";

    /// <summary>The message's name; null for an event that is no JSON message.</summary>
    public static string? NameOf(RunEvent happened) => happened switch
    {
        QueueStatus => "status",
        ExecutionStart => "execution_start",
        ExecutionCached => "execution_cached",
        ProgressState => "progress_state",
        NodeExecuting => "executing",
        NodeStepped => "progress",
        NodeExecuted => "executed",
        ExecutionSuccess => "execution_success",
        ExecutionError => "execution_error",
        ExecutionInterrupted => "execution_interrupted",
        RunForecast => "farm_forecast",
        AssetScanStarted => "assets.seed.started",
        AssetScanEnded ended => ended.Cancelled ? "assets.seed.cancelled" : "assets.seed.completed",
        _ => null,
    };

    /// <summary>Writes the data object of a message.</summary>
    public static void WriteData(Utf8JsonWriter writer, RunEvent happened, string? promptId)
    {
        writer.WriteStartObject();
        switch (happened)
        {
            case QueueStatus status:
                WriteStatus(writer, status.QueueRemaining);
                break;
            case RunForecast forecast:
                writer.WriteString("prompt_id", promptId);
                writer.WriteNumber("eta", forecast.End);
                break;
            case ExecutionStart start:
                WriteEnd(writer, promptId, start.Timestamp);
                break;
            case ExecutionCached cached:
                WriteList(writer, "nodes", cached.Nodes);
                WriteEnd(writer, promptId, cached.Timestamp);
                break;
            case ProgressState progress:
                WriteProgressState(writer, progress, promptId);
                break;
            case NodeExecuting executing:
                WriteExecuting(writer, executing, promptId);
                break;
            case NodeStepped step:
                WriteStep(writer, step, promptId);
                break;
            case NodeExecuted executed:
                WriteExecuted(writer, executed, promptId);
                break;
            case ExecutionSuccess success:
                WriteEnd(writer, promptId, success.Timestamp);
                break;
            case ExecutionError error:
                WriteError(writer, error, promptId);
                break;
            case ExecutionInterrupted interrupted:
                writer.WriteString("prompt_id", promptId);
                writer.WriteString("node_id", interrupted.NodeId);
                writer.WriteString("node_type", interrupted.NodeType);
                WriteList(writer, "executed", interrupted.Executed);
                writer.WriteNumber("timestamp", interrupted.Timestamp);
                break;
            case AssetScanStarted scan:
                WriteList(writer, "roots", scan.Roots);
                writer.WriteNumber("total", scan.Total);
                writer.WriteString("phase", ScanPhase);
                break;
            case AssetScanEnded scan:
                WriteScan(writer, scan);
                break;
        }
        writer.WriteEndObject();
    }

    /// <summary>Writes the <c>status</c> member that carries the length of the queue.</summary>
    public static void WriteStatus(Utf8JsonWriter writer, int queueRemaining)
    {
        writer.WriteStartObject("status");
        writer.WriteStartObject("exec_info");
        writer.WriteNumber("queue_remaining", queueRemaining);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteScan(Utf8JsonWriter writer, AssetScanEnded scan)
    {
        writer.WriteString("phase", ScanPhase);
        writer.WriteNumber("total", scan.Progress.Total);
        writer.WriteNumber("created", scan.Progress.Created);
        writer.WriteNumber("enriched", scan.Progress.Created);
        writer.WriteNumber("skipped", scan.Progress.Skipped);
        writer.WriteNumber("elapsed", scan.Seconds);
    }

    private static void WriteEnd(Utf8JsonWriter writer, string? promptId, long timestamp)
    {
        writer.WriteString("prompt_id", promptId);
        writer.WriteNumber("timestamp", timestamp);
    }

    private static void WriteProgressState(Utf8JsonWriter writer, ProgressState progress, string? promptId)
    {
        writer.WriteString("prompt_id", promptId);
        writer.WriteStartObject("nodes");
        foreach (var node in progress.Nodes)
        {
            writer.WriteStartObject(node.Node.NodeId);
            WriteNumber(writer, "value", node.Value, whole: node.Cached);
            WriteNumber(writer, "max", node.Max, whole: node.Cached);
            writer.WriteString("state", node.Finished ? "finished" : "running");
            writer.WriteString("node_id", node.Node.NodeId);
            writer.WriteString("prompt_id", promptId);
            writer.WriteString("display_node_id", node.Node.DisplayNode);
            writer.WriteString("parent_node_id", node.Node.ParentNode);
            writer.WriteString("real_node_id", node.Node.RealNode);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WriteExecuting(Utf8JsonWriter writer, NodeExecuting executing, string? promptId)
    {
        writer.WriteString("node", executing.Node);
        if (executing.Node is not null)
            writer.WriteString("display_node", executing.DisplayNode);
        writer.WriteString("prompt_id", promptId);
    }

    private static void WriteStep(Utf8JsonWriter writer, NodeStepped step, string? promptId)
    {
        WriteNumber(writer, "value", step.Value, whole: true);
        WriteNumber(writer, "max", step.Max, whole: true);
        writer.WriteString("prompt_id", promptId);
        writer.WriteString("node", step.Node);
    }

    private static void WriteExecuted(Utf8JsonWriter writer, NodeExecuted executed, string? promptId)
    {
        writer.WriteString("node", executed.Node);
        writer.WriteString("display_node", executed.DisplayNode);
        writer.WritePropertyName("output");
        writer.WriteRawValue(executed.Output ?? "null", skipInputValidation: true);
        writer.WriteString("prompt_id", promptId);
    }

    private static void WriteError(Utf8JsonWriter writer, ExecutionError error, string? promptId)
    {
        var failure = error.Failure;
        writer.WriteString("prompt_id", promptId);
        writer.WriteString("node_id", failure.NodeId);
        writer.WriteString("node_type", failure.NodeType);
        WriteList(writer, "executed", failure.Executed);
        writer.WriteString("exception_message", failure.Message);
        writer.WriteString("exception_type", failure.Type);
        WriteList(writer, "traceback", failure.Traceback);
        writer.WritePropertyName("current_inputs");
        writer.WriteRawValue(failure.CurrentInputs, skipInputValidation: true);
        WriteList(writer, "current_outputs", failure.CurrentOutputs);
        if (error.Timestamp is { } timestamp)
            writer.WriteNumber("timestamp", timestamp);
    }

    private static void WriteList(Utf8JsonWriter writer, string name, ImmutableArray<string> items)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
            writer.WriteStringValue(item);
        writer.WriteEndArray();
    }

    // Steps are counted in integers, the progress of a whole node in floats.
    private static void WriteNumber(Utf8JsonWriter writer, string name, double value, bool whole)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(whole && value == Math.Truncate(value) && Math.Abs(value) < 1e15
            ? ((long)value).ToString(CultureInfo.InvariantCulture)
            : PythonText.Float(value));
    }
}
