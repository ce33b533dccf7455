using System.Globalization;
using System.Text.Json;

namespace Farm.Stress.Chaos;

/// <summary>Holds what the farm keeps of every prompt, whoever submitted it, against itself: its end, its attempts, its line in the ledger, its messages.</summary>
internal sealed class Records(StressFarm farm, Invariants invariants)
{
    private static readonly string[] Closings = ["execution_success", "execution_error", "execution_interrupted"];

    /// <summary>The ledger's numbers for the outcomes: completed, failed, interrupted.</summary>
    private static readonly int[] LedgerStatuses = [2, 3, 4];

    private sealed record LedgerLine(Guid RunId, int Status, string Attempts);

    /// <summary>Checks all.</summary>
    public async Task CheckAsync(IReadOnlyCollection<PromptRecord> prompts, IReadOnlyCollection<HistoryRecord> history)
    {
        var lines = await farm.ReadAsync("SELECT run_id, status, coalesce(attempts, '[]') FROM ledger", row => new LedgerLine(row.GetGuid(0), row.GetInt32(1), row.GetString(2)));
        var (byRun, ends) = (lines.ToLookup(line => line.RunId), history.ToLookup(end => end.RunId));
        foreach (var prompt in prompts.Where(prompt => prompt.Status == 2))
        {
            CheckAttempts(prompt);
            CheckLedger(prompt, [.. byRun[prompt.RunId]]);
            CheckMessages(prompt, [.. ends[prompt.RunId].SelectMany(end => end.Messages)]);
        }
        invariants.Check("the ledger has a line for each prompt and no more", lines.Count > 0 && lines.Count == prompts.Count, () => $"{lines.Count} lines, {prompts.Count} prompts");
        var aside = await farm.ReadAsync("SELECT worker_id, detail FROM workers_set_aside", row => $"{row.GetString(0)}: {row.GetString(1)}");
        invariants.Check("no worker is left set aside", aside.Count == 0, () => string.Join("; ", aside));
    }

    private void CheckAttempts(PromptRecord prompt) => invariants.Check(
        "every attempt but the last is told as lost", Numbers(prompt.Lost ?? "[]").SequenceEqual(Enumerable.Range(1, prompt.Attempt - 1)), () => $"{prompt.PromptId}, attempt {prompt.Attempt}: {prompt.Lost}");

    /// <summary>One that was given up with its worker has no attempt beyond the lost ones.</summary>
    private void CheckLedger(PromptRecord prompt, LedgerLine[] lines)
    {
        invariants.Check("the ledger tells of one end", lines.Length == 1 && lines[0].Status == LedgerStatuses[prompt.Outcome], () => $"{prompt.PromptId}, outcome {prompt.Outcome}: {string.Join(", ", lines.Select(line => line.Status))}");
        var attempts = lines.SelectMany(line => Numbers(line.Attempts)).ToArray();
        var isWhole = attempts.SequenceEqual(Enumerable.Range(1, prompt.Attempt)) || (prompt.Outcome != 0 && attempts.SequenceEqual(Enumerable.Range(1, prompt.Attempt - 1)));
        invariants.Check("the ledger tells of every attempt once", isWhole, () => $"{prompt.PromptId}, attempt {prompt.Attempt}: {string.Join(", ", attempts)}");
        var completed = lines.SelectMany(line => Ends(line.Attempts)).Count(end => end == "completed");
        invariants.Check("one attempt completed, of those that did not succeed none", completed == (prompt.Outcome == 0 ? 1 : 0), () => string.Create(CultureInfo.InvariantCulture, $"{prompt.PromptId}: {completed}"));
    }

    private void CheckMessages(PromptRecord prompt, string[] messages)
    {
        string Told() => $"{prompt.PromptId}, outcome {prompt.Outcome}: {string.Join(", ", messages)}";
        invariants.Check("history tells of one beginning, first", messages.Count(type => type == "execution_start") == 1 && messages[0] == "execution_start", Told);
        invariants.Check("history tells of one end, last", messages.Count(type => Closings.Contains(type)) == 1 && messages[^1] == Closings[prompt.Outcome], Told);
        invariants.Check("history tells of cached nodes once at the most", messages.Count(type => type == "execution_cached") <= 1, Told);
    }

    private static int[] Numbers(string attempts)
    {
        using var document = JsonDocument.Parse(attempts);
        return [.. document.RootElement.EnumerateArray().Select(attempt => attempt.GetProperty("attempt").GetInt32())];
    }

    private static string?[] Ends(string attempts)
    {
        using var document = JsonDocument.Parse(attempts);
        return [.. document.RootElement.EnumerateArray().Select(attempt => attempt.TryGetProperty("end", out var end) ? end.GetString() : null)];
    }
}
