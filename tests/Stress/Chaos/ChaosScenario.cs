using System.CommandLine;
using System.Globalization;

namespace Farm.Stress.Chaos;

/// <summary><c>chaos</c>: 3 gateways, 3 control silos and 6 workers without an engine, one of them harmed every few seconds.</summary>
internal static class ChaosScenario
{
    private const int Clients = 8, Submitters = 16, PromptsAMinute = 2_000;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(5), ProgressInterval = TimeSpan.FromSeconds(5);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var (minutes, isLong, keep) = (StressCommand.Minutes(1), StressCommand.Long(), StressCommand.Keep());
        var prompts = new Option<int?>("--prompts") { Description = $"Prompts to submit; {PromptsAMinute} a minute by default." };
        var every = new Option<double>("--every") { Description = "Seconds from one harm to the next.", DefaultValueFactory = _ => 5 };
        var seed = new Option<int>("--seed") { Description = "Of the draws.", DefaultValueFactory = _ => 1 };
        var small = new Option<bool>("--small") { Description = "2 gateways, 2 silos, 2 workers." };
        var command = new Command("chaos", "Kills processes at random while prompts are submitted, then audits the database.") { minutes, isLong, keep, prompts, every, seed, small };
        command.SetAction((parsed, _) =>
        {
            var harm = TimeSpan.FromMinutes(parsed.GetValue(minutes));
            var plan = new Plan(harm, parsed.GetValue(prompts) ?? (int)(harm.TotalMinutes * PromptsAMinute), TimeSpan.FromSeconds(parsed.GetValue(every)), parsed.GetValue(seed));
            var size = parsed.GetValue(small) ? new FarmSize(2, 2, 2) : new FarmSize(3, 3, 6);
            return StressCommand.RunAsync(size, harm.TotalMinutes, parsed.GetValue(isLong), parsed.GetValue(keep), (farm, invariants) => RunAsync(farm, invariants, plan));
        });
        return command;
    }

    private sealed record Plan(TimeSpan Harm, int Prompts, TimeSpan Every, int Seed);

    private static async Task RunAsync(StressFarm farm, Invariants invariants, Plan plan)
    {
        using var submitter = new Submitter(farm, plan.Seed);
        using var listening = new CancellationTokenSource();
        var listeners = Enumerable.Range(0, Clients).Select(i => new Listener(() => farm.Addresses, i)).ToArray();
        var sockets = Task.WhenAll(listeners.Select(listener => listener.ListenAsync(listening.Token)));
        var mischief = new Mischief(farm, plan.Every, plan.Seed);
        using var harming = new CancellationTokenSource(plan.Harm, TimeProvider.System);
        var harm = mischief.RunAsync(harming.Token);
        var progress = ProgressAsync(farm, submitter, mischief, listening.Token);
        await SubmitAsync(submitter, listeners, plan);
        await harm;
        Console.WriteLine($"harm is over: {mischief.Summary}; draining");
        var drained = await farm.DrainAsync(DrainLimit);
        invariants.Check("the queue drains after the harm", drained, () => $"prompts are left after {DrainLimit}");
        var deaf = await Listener.UntilToldAsync(listeners, [.. submitter.All.Values]);
        await listening.CancelAsync();
        await Task.WhenAll(sockets, progress);
        foreach (var prompt in submitter.All.Values)
            invariants.Check("clients were told the end of their prompts", !deaf.Contains(prompt.PromptId), () => prompt.PromptId);
        invariants.Check("a 503 says when to try again", submitter.WithoutRetryAfter.IsEmpty, () => submitter.WithoutRetryAfter.First());
        await new Audit(farm, invariants).RunAsync([.. submitter.All.Values]);
        Report(farm, submitter, listeners);
    }

    /// <summary>Submits over the whole time of harm at an even pace, or as fast as the farm takes it when it cannot keep up.</summary>
    private static async Task SubmitAsync(Submitter submitter, Listener[] listeners, Plan plan)
    {
        var start = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, plan.Prompts), new ParallelOptions { MaxDegreeOfParallelism = Submitters }, async (i, cancel) =>
        {
            var ahead = plan.Harm * ((double)i / plan.Prompts) - TimeProvider.System.GetElapsedTime(start);
            if (ahead > TimeSpan.Zero)
                await Task.Delay(ahead, TimeProvider.System, cancel);
            await submitter.SubmitAsync(id => Shape.Of(i, id), listeners[i % Clients].ClientId, cancel);
        });
    }

    private static async Task ProgressAsync(StressFarm farm, Submitter submitter, Mischief mischief, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(ProgressInterval, TimeProvider.System);
        var start = TimeProvider.System.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                var ended = await farm.CountAsync("SELECT count(*) FROM prompts WHERE status = 2");
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(start).TotalSeconds,5:F0} s: {submitter.All.Count} accepted, {ended} ended, {mischief.Summary}"));
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private static void Report(StressFarm farm, Submitter submitter, Listener[] listeners)
    {
        var refusals = string.Join(", ", submitter.Refusals.OrderBy(r => r.Key).Select(r => $"{(r.Key == 0 ? "no answer" : r.Key)} {r.Value}"));
        Console.WriteLine($"clients: {submitter.Repeated} submissions repeated ({refusals}); {listeners.Sum(l => l.Connections)} sockets, {listeners.Sum(l => l.ToldAgain)} ends told again");
        Console.WriteLine($"processes that ended by themselves: {string.Join(", ", farm.All.Where(m => m.OwnEnds > 0).Select(m => $"{m.Name} {m.OwnEnds}"))}");
    }
}
