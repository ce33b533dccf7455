using System.Text.Json;
using Farm.Contracts.Prompts;

namespace Farm.Gateway.Http;

/// <summary>A submission as queue and history list it: <c>[number, prompt_id, prompt, extra_data, outputs_to_execute]</c>.</summary>
internal static class SubmissionWriter
{
    /// <summary>Writes the list.</summary>
    public static void Write(Utf8JsonWriter writer, StoredSubmission submission)
    {
        writer.WriteStartArray();
        QueueNumber.Write(writer, submission.Number);
        writer.WriteStringValue(submission.PromptId);
        writer.WriteRawValue(submission.Prompt, skipInputValidation: true);
        writer.WriteRawValue(submission.ExtraData, skipInputValidation: true);
        writer.WriteStartArray();
        foreach (var target in submission.Targets)
            writer.WriteStringValue(target);
        writer.WriteEndArray();
        writer.WriteEndArray();
    }
}
