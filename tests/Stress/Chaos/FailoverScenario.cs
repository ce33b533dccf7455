using System.CommandLine;
using System.Globalization;

namespace Farm.Stress.Chaos;

/// <summary><c>failover</c>: how soon a killed worker's prompt starts elsewhere and a killed silo's work goes on, with default options, and that a drained worker loses no step.</summary>
internal static class FailoverScenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10), SiloLimit = TimeSpan.FromSeconds(30), DrainLimit = TimeSpan.FromMinutes(2);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var (minutes, isLong, keep) = (StressCommand.Repeats(), StressCommand.Long(), StressCommand.Keep());
        var rounds = new Option<int>("--rounds") { Description = "Workers to kill.", DefaultValueFactory = _ => 3 };
        var command = new Command("failover", "Kills the worker of a running prompt and measures until it runs elsewhere; kills silos and measures until a prompt runs; then drains workers.") { minutes, isLong, keep, rounds };
        command.SetAction((parsed, _) => StressCommand.RunAsync(
            new FarmSize(1, 2, 2), parsed.GetValue(minutes), parsed.GetValue(isLong), parsed.GetValue(keep), (farm, invariants) => RunAsync(farm, invariants, parsed.GetValue(rounds)),
            new Dictionary<string, string>([HandOuts.Logged], StringComparer.Ordinal), repeats: true));
        return command;
    }

    private static async Task RunAsync(StressFarm farm, Invariants invariants, int rounds)
    {
        using var submitter = new Submitter(farm, seed: 1);
        for (var round = 1; round <= rounds; round++)
        {
            // Each round's prompt is another: a worker that remembers the result would be done at once.
            var (prompt, worker) = await StartAsync(farm, submitter, id => Shape.Slow(round, id, milliseconds: 6_000), "failover");
            var killed = TimeProvider.System.GetTimestamp();
            worker.Kill();
            await UntilAsync(farm, $"SELECT count(*) FROM prompts WHERE prompt_id = '{prompt.PromptId}' AND attempt = 2 AND status = 1");
            var time = TimeProvider.System.GetElapsedTime(killed);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}: {worker.Name} was killed, its prompt runs elsewhere after {time.TotalSeconds:F1} s"));
            invariants.Check("a killed worker's prompt starts elsewhere within 10 s", time <= Limit, () => time.ToString());
            invariants.Check("a killed worker's prompt ends", await farm.DrainAsync(DrainLimit), () => prompt.PromptId);
            await LetWorkAsync(farm, submitter, worker);
        }
        await KillSilosAsync(farm, submitter, invariants);
        await new Drains(farm, submitter, invariants).RunAsync();
        await new Audit(farm, invariants).RunAsync([.. submitter.All.Values]);
    }

    /// <summary>Returns when the worker has done a prompt well: one that fails three times in a row would be set aside, as it should.</summary>
    private static async Task LetWorkAsync(StressFarm farm, Submitter submitter, Member worker)
    {
        await worker.UntilReadyAsync();
        var since = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        while (await farm.CountAsync($"SELECT count(*) FROM prompts WHERE worker_id = '{worker.Name}' AND status = 2 AND started_at > {since}") == 0)
        {
            var salt = 10_000 + submitter.All.Count;
            await Task.WhenAll(farm.Workers.Select((_, i) => submitter.SubmitAsync(id => Shape.Slow(salt + i, id, milliseconds: 300), "failover", CancellationToken.None)));
            await farm.DrainAsync(DrainLimit);
        }
    }

    /// <summary>Submits a prompt and returns when a worker has begun it.</summary>
    public static async Task<(Accepted Prompt, Member Worker)> StartAsync(StressFarm farm, Submitter submitter, Func<string, Shape> shape, string clientId)
    {
        var prompt = (await submitter.SubmitAsync(shape, clientId, CancellationToken.None))!;
        await UntilAsync(farm, $"SELECT count(*) FROM prompts WHERE prompt_id = '{prompt.PromptId}' AND status = 1");
        var worker = await farm.ReadAsync($"SELECT worker_id FROM prompts WHERE prompt_id = '{prompt.PromptId}'", row => row.GetString(0));
        return (prompt, farm.Workers.Single(member => member.Name == worker[0]));
    }

    /// <summary>Kills each silo in turn and measures until a prompt that is submitted at that moment has run.</summary>
    private static async Task KillSilosAsync(StressFarm farm, Submitter submitter, Invariants invariants)
    {
        foreach (var (i, silo) in farm.Silos.Index())
        {
            var killed = TimeProvider.System.GetTimestamp();
            silo.Kill();
            var prompt = (await submitter.SubmitAsync(id => Shape.Slow(100 + i, id, milliseconds: 0), "failover", CancellationToken.None))!;
            await UntilAsync(farm, $"SELECT count(*) FROM prompts WHERE prompt_id = '{prompt.PromptId}' AND status = 2");
            var time = TimeProvider.System.GetElapsedTime(killed);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{silo.Name} was killed, a prompt submitted then has run after {time.TotalSeconds:F1} s"));
            invariants.Check("a killed silo holds prompts up for 30 s at the most", time <= SiloLimit, () => time.ToString());
            await silo.UntilReadyAsync();
        }
        invariants.Check("a killed silo is no refused submission", submitter.Refusals.IsEmpty, () => string.Join(", ", submitter.Refusals.Keys));
    }

    private static async Task UntilAsync(StressFarm farm, string sql)
    {
        while (await farm.CountAsync(sql) == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
    }
}
