namespace Farm.Stress.Chaos;

/// <summary>Reads the database and the output folders after a run, and holds them against what clients were promised.</summary>
internal sealed class Audit(StressFarm farm, Invariants invariants)
{
    /// <summary>Checks everything that was accepted, and what the farm keeps of it.</summary>
    public async Task RunAsync(IReadOnlyCollection<Accepted> accepted)
    {
        var prompts = await PromptRecord.ReadAsync(farm);
        var history = await HistoryRecord.ReadAsync(farm);
        var (rows, ends) = (prompts.ToLookup(row => row.PromptId, StringComparer.Ordinal), history.ToLookup(end => end.PromptId, StringComparer.Ordinal));
        invariants.Check("prompts were accepted", accepted.Count > 0, () => "none was");
        foreach (var prompt in accepted)
            await CheckAsync(prompt, [.. rows[prompt.PromptId]], [.. ends[prompt.PromptId]]);
        new OrderAudit(farm, invariants).Check(accepted, rows);
        await new Records(farm, invariants).CheckAsync(prompts, history);
        await new FilesAudit(farm, invariants).CheckAsync(prompts, history);
        Console.WriteLine($"audit: {accepted.Count} prompts accepted, {prompts.Count} in the database, {prompts.Count(row => row.Attempt > 1)} of them tried again");
    }

    private async Task CheckAsync(Accepted prompt, PromptRecord[] own, HistoryRecord[] ends)
    {
        var (outcome, outputs) = prompt.Wish.IsInterrupted ? (2, 0) : (0, 1);
        invariants.Check("accepted prompts are in the database once", own.Length == 1, () => $"{prompt.PromptId}: {own.Length} rows");
        invariants.Check("accepted prompts have ended", own is [{ Status: 2 }], () => $"{prompt.PromptId} is in status {own.FirstOrDefault()?.Status}");
        invariants.Check(
            prompt.Wish.IsInterrupted ? "interrupted prompts end interrupted" : "accepted prompts have succeeded",
            own.Length == 1 && own[0].Outcome == outcome, () => $"{prompt.PromptId}: outcome {own.FirstOrDefault()?.Outcome}, lost {own.FirstOrDefault()?.Lost}");
        invariants.Check("prompts are their tenant's", own.All(row => row.Tenant == prompt.Wish.Tenant), () => $"{prompt.PromptId} of {prompt.Wish.Tenant}");
        invariants.Check("accepted prompts stand in history once", ends.Length == 1, () => $"{prompt.PromptId}: {ends.Length} entries");
        invariants.Check("prompts keep the number they were accepted with", own.All(row => row.Number == prompt.Number), () => $"{prompt.PromptId}: {prompt.Number}");
        var files = ends.SelectMany(end => end.Files).ToArray();
        invariants.Check("prompts have one output, interrupted ones none", files.Length == outputs, () => $"{prompt.PromptId}: {string.Join(", ", files)}");
        if (outputs == 0)
            return;
        var path = files is [var file] ? Path.Combine(farm.Output(prompt.Wish.Tenant), file) : "";
        var content = File.Exists(path) ? await File.ReadAllTextAsync(path) : "nothing";
        invariants.Check("outputs are whole and right", content == $"{prompt.PromptId} {prompt.Expected}", () => $"{prompt.PromptId}: {string.Join(", ", files)} holds {content}, not {prompt.Expected}");
    }
}
