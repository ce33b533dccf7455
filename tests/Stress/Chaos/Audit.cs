using System.Text.Json;
using Npgsql;

namespace Farm.Stress.Chaos;

/// <summary>Reads the database and the output folder after a run, and holds them against what clients were promised.</summary>
internal sealed class Audit(StressFarm farm, Invariants invariants)
{
    private sealed record Row(Guid RunId, string PromptId, double Number, int Status, int Attempt, int Outcome, string? Lost);

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
    /// Of two prompts that were each tried and handed out once, the one with the smaller number is handed out first, if it was accepted before the other was
    /// handed out. When they begin and end is another matter: workers run at the same time, and the answer to a claim may wait for a silo to be voted out.
    /// </summary>
    private void CheckOrder(IReadOnlyCollection<Accepted> accepted, ILookup<string, Row> rows)
    {
        var handOuts = HandOuts.Read(farm.SiloLogs);
        var places = handOuts.Select((handOut, place) => (handOut.RunId, handOut.Time, Place: place)).ToLookup(handOut => handOut.RunId);
        var once = accepted.Select(a => (Accepted: a, Row: rows[a.PromptId].FirstOrDefault()))
            .Where(p => p.Row is { Attempt: 1 } && places[p.Row.RunId].Count() == 1)
            .Select(p => (p.Accepted, p.Row!.Number, HandOut: places[p.Row.RunId].Single()))
            .OrderByDescending(p => p.Number);
        var behind = new SortedSet<(long Time, int Place)>();
        var count = 0;
        foreach (var (prompt, number, (_, time, place)) in once)
        {
            var first = behind.GetViewBetween((prompt.At.ToUnixTimeMilliseconds() + 1, 0), (long.MaxValue, int.MaxValue)).Min;
            invariants.Check(
                "order inside a tenant is kept among those not retried", first == default || place < first.Place,
                () => $"{prompt.PromptId}, number {number}, accepted at {prompt.At.ToUnixTimeMilliseconds()}, was handed out at {time}, after one behind it that was at {first.Time}");
            behind.Add((time, place));
            count++;
        }
        Console.WriteLine($"audit: {handOuts.Count} hand-outs in the logs, {count} prompts handed out and tried once");
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
        "SELECT run_id, prompt_id, number, status, attempt, coalesce(outcome, -1), lost_attempts FROM prompts",
        row => new Row(row.GetGuid(0), row.GetString(1), row.GetDouble(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.IsDBNull(6) ? null : row.GetString(6)),
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
