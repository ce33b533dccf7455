using System.CommandLine;
using System.Globalization;

namespace Farm.Stress.Chaos;

/// <summary><c>failover</c>: how soon a killed worker's prompt starts elsewhere and a killed silo's work goes on, with default options, and that a drained worker loses no step.</summary>
internal static class FailoverScenario
{
    private const int Rounds = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10), SiloLimit = TimeSpan.FromSeconds(30);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var keep = StressCommand.Keep();
        var command = new Command("failover", "Kills the worker of a running prompt and measures until it runs elsewhere; kills silos and measures until a prompt runs; then drains a worker.") { keep };
        command.SetAction((parsed, _) => StressCommand.RunAsync(
            new FarmSize(1, 2, 2), minutes: 3, isLong: false, parsed.GetValue(keep), RunAsync,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["Farm__Worker__ShutdownGrace"] = "00:01:00" }));
        return command;
    }

    private static async Task RunAsync(StressFarm farm, Invariants invariants)
    {
        using var submitter = new Submitter(farm, seed: 1);
        for (var round = 1; round <= Rounds; round++)
        {
            var (prompt, worker) = await StartSlowAsync(farm, submitter, round, milliseconds: 15_000);
            var killed = TimeProvider.System.GetTimestamp();
            worker.Kill();
            await UntilAsync(farm, $"SELECT count(*) FROM prompts WHERE prompt_id = '{prompt.PromptId}' AND attempt = 2 AND status = 1");
            var time = TimeProvider.System.GetElapsedTime(killed);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}: {worker.Name} was killed, its prompt runs elsewhere after {time.TotalSeconds:F1} s"));
            invariants.Check("a killed worker's prompt starts elsewhere within 10 s", time <= Limit, () => time.ToString());
            await farm.DrainAsync(TimeSpan.FromMinutes(2));
        }
        await KillSilosAsync(farm, submitter, invariants);
        // Longer than a host waits for its services if it is not told otherwise (30 s).
        var (drained, leaving) = await StartSlowAsync(farm, submitter, Rounds + 1, milliseconds: 40_000);
        var exit = await leaving.EndAsync();
        invariants.Check("a drained worker ends well", exit == 0, () => $"exit status {exit}");
        var whole = await farm.CountAsync($"SELECT count(*) FROM prompts WHERE prompt_id = '{drained.PromptId}' AND attempt = 1 AND status = 2 AND outcome = 0");
        invariants.Check("a drained worker ends its prompt", whole == 1, () => drained.PromptId);
        await new Audit(farm, invariants).RunAsync([.. submitter.All.Values]);
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

    /// <summary>Each round's prompt is another: a worker that remembers the result would be done at once.</summary>
    private static async Task<(Accepted Prompt, Member Worker)> StartSlowAsync(StressFarm farm, Submitter submitter, int round, int milliseconds)
    {
        var prompt = (await submitter.SubmitAsync(id => Shape.Slow(round, id, milliseconds), "failover", CancellationToken.None))!;
        await UntilAsync(farm, $"SELECT count(*) FROM prompts WHERE prompt_id = '{prompt.PromptId}' AND status = 1");
        await using var command = farm.Database.CreateCommand($"SELECT worker_id FROM prompts WHERE prompt_id = '{prompt.PromptId}'");
        var name = (string)(await command.ExecuteScalarAsync())!;
        return (prompt, farm.Workers.Single(worker => worker.Name == name));
    }

    private static async Task UntilAsync(StressFarm farm, string sql)
    {
        while (await farm.CountAsync(sql) == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
    }
}
