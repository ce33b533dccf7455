using System.Text.Json;
using Npgsql;

namespace Farm.Stress.Chaos;

/// <summary>Reads the database and the output folder after a run, and holds them against what clients were promised.</summary>
internal sealed class Audit(StressFarm farm, Invariants invariants)
{
    /// <summary>
    /// How much later than a prompt behind it one may begin that was tried only once. What the scheduler hands out in order begins out of order
    /// where the answer to a claim, or the call that begins the run, waits for a silo to be voted out; it holds its lease meanwhile.
    /// </summary>
    private static readonly TimeSpan OrderSlack = TimeSpan.FromSeconds(12);

    private sealed record Row(string PromptId, double Number, int Status, int Attempt, long StartedAt, int Outcome, string? Lost);

    /// <summary>Checks everything that was accepted.</summary>
    public async Task RunAsync(IReadOnlyCollection<Accepted> accepted)
    {
        var rows = await RowsAsync();
        var results = await ResultsAsync();
        foreach (var prompt in accepted)
        {
            var own = rows[prompt.PromptId].ToArray();
            invariants.Check("accepted prompts are in the database once", own.Length == 1, () => $"{prompt.PromptId}: {own.Length} rows");
            invariants.Check("accepted prompts have ended", own is [{ Status: 2 }], () => $"{prompt.PromptId} is in status {own.FirstOrDefault()?.Status}");
            invariants.Check("accepted prompts have succeeded", own is [{ Outcome: 0 }], () => $"{prompt.PromptId}: outcome {own.FirstOrDefault()?.Outcome}, lost {own.FirstOrDefault()?.Lost}");
            var ends = results[prompt.PromptId].ToArray();
            invariants.Check("accepted prompts stand in history once", ends.Length == 1, () => $"{prompt.PromptId}: {ends.Length} entries");
            invariants.Check("prompts keep the number they were accepted with", own.All(row => row.Number == prompt.Number), () => $"{prompt.PromptId}: {prompt.Number}");
            var files = ends.SelectMany(Files).ToArray();
            invariants.Check("prompts have one output", files.Length == 1, () => $"{prompt.PromptId}: {string.Join(", ", files)}");
            var content = files is [var file] && File.Exists(Path.Combine(farm.Output, file)) ? await File.ReadAllTextAsync(Path.Combine(farm.Output, file)) : "nothing";
            invariants.Check("outputs are whole and right", content == $"{prompt.PromptId} {prompt.Expected}", () => $"{prompt.PromptId}: {string.Join(", ", files)} holds {content}, not {prompt.Expected}");
        }
        var named = results.SelectMany(entry => entry).SelectMany(Files).ToArray();
        invariants.Check("no file is the output of two prompts", named.Distinct(StringComparer.Ordinal).Count() == named.Length, () => "a name stands twice in history");
        var left = Directory.EnumerateFiles(farm.Output).Select(path => Path.GetFileName(path)).Except(named, StringComparer.Ordinal).ToArray();
        invariants.Check("no lost attempt left a file", left.Length == 0, () => $"{left.Length} files: {string.Join(", ", left.Take(10))}");
        CheckOrder(accepted, rows);
        var retried = rows.SelectMany(row => row).Count(row => row.Attempt > 1);
        Console.WriteLine($"audit: {accepted.Count} prompts accepted, {rows.Count} in the database, {retried} of them tried again");
    }

    /// <summary>
    /// Of two prompts that were each tried once, the one with the smaller number, if it was accepted before the other began, begins first.
    /// </summary>
    private void CheckOrder(IReadOnlyCollection<Accepted> accepted, ILookup<string, Row> rows)
    {
        var once = accepted.Select(a => (Accepted: a, Row: rows[a.PromptId].FirstOrDefault())).Where(p => p.Row is { Attempt: 1 }).OrderByDescending(p => p.Row!.Number);
        var later = new List<long>();
        long worst = 0;
        foreach (var (prompt, row) in once)
        {
            var at = later.BinarySearch(prompt.At.ToUnixTimeMilliseconds());
            var first = at < 0 ? ~at : at;
            var ahead = first < later.Count ? row!.StartedAt - later[first] : 0;
            worst = Math.Max(worst, ahead);
            invariants.Check("order inside a tenant is kept among those not retried", ahead <= OrderSlack.TotalMilliseconds, () => $"number {row!.Number} began {ahead} ms after one behind it");
            var place = later.BinarySearch(row!.StartedAt);
            later.Insert(place < 0 ? ~place : place, row.StartedAt);
        }
        Console.WriteLine($"audit: the furthest that a prompt tried once began behind a later one is {worst} ms");
    }

    private static IEnumerable<string> Files(string outputs)
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

    private async Task<ILookup<string, Row>> RowsAsync() => await ReadAsync(
        "SELECT prompt_id, number, status, attempt, coalesce(started_at, 0), coalesce(outcome, -1), lost_attempts FROM prompts",
        row => new Row(row.GetString(0), row.GetDouble(1), row.GetInt32(2), row.GetInt32(3), row.GetInt64(4), row.GetInt32(5), row.IsDBNull(6) ? null : row.GetString(6)),
        row => row.PromptId, row => row);

    private async Task<ILookup<string, string>> ResultsAsync() => await ReadAsync(
        "SELECT prompt_id, outputs FROM prompt_results", row => (Id: row.GetString(0), Outputs: row.GetString(1)), row => row.Id, row => row.Outputs);

    private async Task<ILookup<string, TValue>> ReadAsync<TRow, TValue>(
        string sql, Func<NpgsqlDataReader, TRow> read, Func<TRow, string> key, Func<TRow, TValue> value)
    {
        await using var command = farm.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<TRow>();
        while (await reader.ReadAsync())
            rows.Add(read(reader));
        return rows.ToLookup(key, value, StringComparer.Ordinal);
    }
}
