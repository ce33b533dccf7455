namespace Farm.Stress.Chaos;

/// <summary>
/// Holds what the schedulers' logs tell of hand-outs against the promised order: in each tenant by priority, then by number. Classes must not age
/// during the run.
/// </summary>
internal sealed class OrderAudit(StressFarm farm, Invariants invariants)
{
    /// <summary>Logs of killed silos lack their last lines; what the others hold must be most of all hand-outs, or the order was not looked at.</summary>
    private const double MustBeKnown = 0.9;

    private sealed record HandedOut(Accepted Prompt, long Time, int Place);

    /// <summary>Checks what was handed out once and tried once.</summary>
    public void Check(IReadOnlyCollection<Accepted> accepted, ILookup<string, PromptRecord> rows)
    {
        var handOuts = HandOuts.Read(farm.SiloLogs);
        var places = handOuts.Select((handOut, place) => (handOut.RunId, handOut.Time, Place: place)).ToLookup(handOut => handOut.RunId);
        var tried = accepted.Where(a => rows[a.PromptId].FirstOrDefault() is { Attempt: 1 }).Select(a => (Prompt: a, Places: places[rows[a.PromptId].First().RunId].ToArray())).ToArray();
        var known = tried.Count(p => p.Places.Length > 0);
        invariants.Check(
            "the logs tell of nine tenths of the hand-outs of prompts tried once", tried.Length > 0 && known >= MustBeKnown * tried.Length,
            () => $"{known} of {tried.Length}");
        var once = tried.Where(p => p.Places.Length == 1).Select(p => new HandedOut(p.Prompt, p.Places[0].Time, p.Places[0].Place)).ToArray();
        foreach (var tenant in once.GroupBy(p => p.Prompt.Wish.Tenant, StringComparer.Ordinal))
            CheckTenant([.. tenant.OrderBy(p => p.Prompt.Wish.Priority).ThenByDescending(p => p.Prompt.Number)]);
        Console.WriteLine($"audit: {handOuts.Count} hand-outs in the logs, {tried.Length} prompts tried once, of which {known} are there and {once.Length} once");
    }

    /// <summary>
    /// Of two prompts that were each tried and handed out once, the one with the better rank is handed out first, if it was accepted before the other was
    /// handed out. When they begin and end is another matter: workers run at the same time, and the answer to a claim may wait for a silo to be voted out.
    /// </summary>
    private void CheckTenant(IReadOnlyList<HandedOut> lastFirst)
    {
        var behind = new SortedSet<(long Time, int Place)>();
        foreach (var (prompt, time, place) in lastFirst)
        {
            var first = behind.GetViewBetween((prompt.At.ToUnixTimeMilliseconds() + 1, 0), (long.MaxValue, int.MaxValue)).Min;
            invariants.Check(
                "order inside a tenant is kept among those not retried", first == default || place < first.Place,
                () => $"{prompt.PromptId}, number {prompt.Number}, priority {prompt.Wish.Priority}, accepted at {prompt.At.ToUnixTimeMilliseconds()}, was handed out at {time}, after one behind it that was at {first.Time}");
            behind.Add((time, place));
        }
    }
}
