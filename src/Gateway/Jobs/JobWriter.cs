using System.Text.Json;
using Farm.Contracts.Jobs;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Gateway.Events;
using Farm.Gateway.History;
using Farm.Gateway.Http;
using Farm.Gateway.Prompts;

namespace Farm.Gateway.Jobs;

/// <summary>Jobs in ComfyUI's shape (execution semantics, 19): what is not known is left out.</summary>
internal static class JobWriter
{
    private const int Depth = 1000;

    /// <summary>Writes <c>{jobs, pagination}</c>.</summary>
    public static void WritePage(Utf8JsonWriter writer, JobPage page, JobQuery query, IReadOnlyList<PromptForecast> forecasts)
    {
        var byId = forecasts.ToLookup(f => f.PromptId, StringComparer.Ordinal);
        writer.WriteStartObject();
        writer.WriteStartArray("jobs");
        foreach (var job in page.Jobs)
        {
            writer.WriteStartObject();
            WriteFields(writer, job);
            WriteForecast(writer, byId[job.PromptId].FirstOrDefault());
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartObject("pagination");
        writer.WriteNumber("offset", query.Offset);
        if (query.Limit is { } limit)
            writer.WriteNumber("limit", limit);
        else
            writer.WriteNull("limit");
        writer.WriteNumber("total", page.Total);
        writer.WriteBoolean("has_more", (long)query.Offset + page.Jobs.Length < page.Total);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Writes all that is known of a prompt that waits or runs.</summary>
    public static void WriteQueued(Utf8JsonWriter writer, StoredSubmission submission, bool running, PromptForecast? forecast)
    {
        writer.WriteStartObject();
        WriteFields(writer, ToJob(submission, running ? JobStatus.InProgress : JobStatus.Pending));
        WriteForecast(writer, forecast);
        writer.WriteEndObject();
    }

    /// <summary>Writes all that is known of an ended prompt, its outputs and workflow included.</summary>
    public static void WriteEnded(Utf8JsonWriter writer, HistoryEntry entry)
    {
        var job = ToJob(entry.Submission, StatusOf(entry)) with { Outputs = entry.Outputs, Messages = entry.Messages };
        writer.WriteStartObject();
        WriteFields(writer, job);
        writer.WritePropertyName("outputs");
        JobOutputs.Read(entry.Outputs).WriteTo(writer);
        writer.WritePropertyName("execution_status");
        HistoryWriter.WriteStatus(writer, entry);
        writer.WriteStartObject("workflow");
        writer.WritePropertyName("prompt");
        writer.WriteRawValue(entry.Submission.Prompt, skipInputValidation: true);
        writer.WritePropertyName("extra_data");
        writer.WriteRawValue(entry.Submission.ExtraData, skipInputValidation: true);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>The farm's own member: <c>eta</c> in milliseconds since 1970, <c>ahead</c>, and why a prompt cannot begin.</summary>
    private static void WriteForecast(Utf8JsonWriter writer, PromptForecast? forecast)
    {
        if (forecast is null)
            return;
        writer.WriteStartObject("farm");
        if (forecast.End is { } end)
            writer.WriteNumber("eta", end.ToUnixTimeMilliseconds());
        writer.WriteNumber("ahead", forecast.Ahead);
        if (forecast.Blocked is { } reason)
            writer.WriteString("blocked", reason);
        writer.WriteEndObject();
    }

    private static JobStatus StatusOf(HistoryEntry entry) => entry switch
    {
        { Completed: true } => JobStatus.Completed,
        { Outcome: RunOutcome.Interrupted } => JobStatus.Cancelled,
        _ => JobStatus.Failed,
    };

    private static Job ToJob(StoredSubmission submission, JobStatus status)
    {
        using var extra = JsonDocument.Parse(submission.ExtraData, new JsonDocumentOptions { MaxDepth = Depth });
        return new Job
        {
            PromptId = submission.PromptId,
            Status = status,
            Number = submission.Number,
            CreatedAt = extra.RootElement.Member("create_time")?.GetInt64() ?? 0,
            WorkflowId = extra.RootElement.Member("extra_pnginfo") is { } info ? WorkflowName.In(info) : null,
        };
    }

    private static void WriteFields(Utf8JsonWriter writer, Job job)
    {
        writer.WriteString("id", job.PromptId);
        writer.WriteString("status", JobQueryReader.NameOf(job.Status));
        writer.WritePropertyName("priority");
        QueueNumber.Write(writer, job.Number);
        writer.WriteNumber("create_time", job.CreatedAt);
        foreach (var message in job.Messages)
            WriteMessage(writer, message, job.PromptId);
        var outputs = JobOutputs.Read(job.Outputs);
        writer.WriteNumber("outputs_count", outputs.Count);
        if (outputs.Preview is { } preview)
        {
            writer.WritePropertyName("preview_output");
            preview.WriteTo(writer);
        }
        if (job.WorkflowId is { } workflow)
            writer.WriteString("workflow_id", workflow);
    }

    private static void WriteMessage(Utf8JsonWriter writer, RunEvent message, string promptId)
    {
        switch (message)
        {
            case ExecutionStart start:
                writer.WriteNumber("execution_start_time", start.Timestamp);
                break;
            case ExecutionSuccess success:
                writer.WriteNumber("execution_end_time", success.Timestamp);
                break;
            case ExecutionInterrupted interrupted:
                writer.WriteNumber("execution_end_time", interrupted.Timestamp);
                break;
            case ExecutionError { Timestamp: { } time }:
                writer.WriteNumber("execution_end_time", time);
                writer.WritePropertyName("execution_error");
                RunEventWriter.WriteData(writer, message, promptId);
                break;
        }
    }
}
