using System.Text.Json;

namespace Farm.Stress.Chaos;

/// <summary>A prompt as the database has it.</summary>
/// <param name="RunId">The key.</param>
/// <param name="PromptId">The id clients know.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Number">Its rank.</param>
/// <param name="Status">2 when it has ended.</param>
/// <param name="Attempt">The attempt that may write.</param>
/// <param name="Outcome">0 for success, 1 for an error, 2 when it was interrupted; -1 before its end.</param>
/// <param name="Lost">Its lost attempts as JSON.</param>
/// <param name="EndedAt">When it ended.</param>
internal sealed record PromptRecord(Guid RunId, string PromptId, string Tenant, double Number, int Status, int Attempt, int Outcome, string? Lost, DateTimeOffset? EndedAt)
{
    /// <summary>All that there are.</summary>
    public static Task<List<PromptRecord>> ReadAsync(StressFarm farm) => farm.ReadAsync(
        "SELECT run_id, prompt_id, tenant, number, status, attempt, coalesce(outcome, -1), lost_attempts, ended_at FROM prompts",
        row => new PromptRecord(
            row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetDouble(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6),
            row.IsDBNull(7) ? null : row.GetString(7), row.IsDBNull(8) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(8))));
}

/// <summary>A prompt's entry in history.</summary>
/// <param name="RunId">The key.</param>
/// <param name="PromptId">The id clients know.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Files">The output files that it names.</param>
/// <param name="Messages">The types of its messages, in order.</param>
internal sealed record HistoryRecord(Guid RunId, string PromptId, string Tenant, IReadOnlyList<string> Files, IReadOnlyList<string> Messages)
{
    /// <summary>All that there are.</summary>
    public static Task<List<HistoryRecord>> ReadAsync(StressFarm farm) => farm.ReadAsync(
        "SELECT run_id, prompt_id, tenant, outputs, messages FROM prompt_results",
        row => new HistoryRecord(row.GetGuid(0), row.GetString(1), row.GetString(2), [.. FilesIn(row.GetString(3))], [.. TypesIn(row.GetString(4))]));

    private static IEnumerable<string> FilesIn(string outputs)
    {
        using var document = JsonDocument.Parse(outputs);
        foreach (var node in document.RootElement.EnumerateArray().ToArray())
        {
            using var ui = JsonDocument.Parse(node.GetProperty("output").GetString()!);
            if (ui.RootElement.TryGetProperty("images", out var images))
                foreach (var image in images.EnumerateArray())
                    yield return image.GetProperty("filename").GetString()!;
        }
    }

    private static IEnumerable<string> TypesIn(string messages)
    {
        using var document = JsonDocument.Parse(messages);
        foreach (var message in document.RootElement.EnumerateArray().ToArray())
            yield return message.GetProperty("type").GetString()!;
    }
}
