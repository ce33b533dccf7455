using System.CommandLine;

namespace Farm.Stress.Chaos;

/// <summary><c>outage</c>: Redis is away for a while, then PostgreSQL.</summary>
internal static class OutageScenario
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(3);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var (minutes, isLong, keep) = (StressCommand.Repeats(), StressCommand.Long(), StressCommand.Keep());
        var seconds = new Option<int>("--seconds") { Description = "How long each is away.", DefaultValueFactory = _ => 60 };
        var command = new Command("outage", "Stops Redis for a while, then PostgreSQL, while prompts are submitted and run.") { minutes, isLong, keep, seconds };
        command.SetAction((parsed, _) => StressCommand.RunAsync(
            new FarmSize(1, 2, 2), parsed.GetValue(minutes), parsed.GetValue(isLong), parsed.GetValue(keep), (farm, invariants) => RunAsync(farm, invariants, TimeSpan.FromSeconds(parsed.GetValue(seconds))),
            new Dictionary<string, string>([HandOuts.Logged], StringComparer.Ordinal), repeats: true));
        return command;
    }

    private static async Task RunAsync(StressFarm farm, Invariants invariants, TimeSpan time)
    {
        using var submitter = new Submitter(farm, seed: 1);
        await farm.Redis.StopAtOnceAsync();
        Console.WriteLine("Redis is away");
        await SubmitForAsync(submitter, time);
        invariants.Check("submissions go on without Redis", submitter.Refusals.IsEmpty && !submitter.All.IsEmpty, () => $"{submitter.All.Count} accepted, {submitter.Refusals.Count} kinds of refusal");
        invariants.Check("runs go on without Redis", await farm.DrainAsync(DrainLimit), () => "prompts are left");
        await farm.Redis.StartAgainAsync();

        foreach (var i in Enumerable.Range(0, 2))
            await submitter.SubmitAsync(id => Shape.Slow(i, id, milliseconds: 10_000), "outage", CancellationToken.None);
        while (await farm.CountAsync("SELECT count(*) FROM prompts WHERE status = 1") < 2)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        await farm.Postgres.StopAtOnceAsync();
        Console.WriteLine("PostgreSQL is away");
        var waiting = Task.WhenAll(Enumerable.Range(0, 5).Select(i => submitter.SubmitAsync(id => Shape.Of(i, id), "outage", CancellationToken.None)));
        await Task.Delay(time, TimeProvider.System);
        invariants.Check("submissions without the database are refused with 503", submitter.Refusals.Keys.All(status => status == 503) && !submitter.Refusals.IsEmpty, () => string.Join(", ", submitter.Refusals.Keys));
        invariants.Check("a 503 says when to try again", submitter.WithoutRetryAfter.IsEmpty, () => submitter.WithoutRetryAfter.First());
        await farm.Postgres.StartAgainAsync();
        // The connections of this program's own pool are those of the server that is gone.
        farm.Database.Clear();
        Console.WriteLine($"PostgreSQL is back; {submitter.Refusals.GetValueOrDefault(503)} submissions were answered with 503");
        await waiting;
        invariants.Check("the queue drains after the outages", await farm.DrainAsync(DrainLimit), () => "prompts are left");
        invariants.Check("what ran while the database was away was not run again", await farm.CountAsync("SELECT count(*) FROM prompts WHERE attempt > 1") == 0, () => "a prompt was tried again");
        await new Audit(farm, invariants).RunAsync([.. submitter.All.Values]);
    }

    private static async Task SubmitForAsync(Submitter submitter, TimeSpan time)
    {
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 0; TimeProvider.System.GetElapsedTime(start) < time; i++)
        {
            await submitter.SubmitAsync(id => Shape.Of(i, id), "outage", CancellationToken.None);
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        }
    }
}
