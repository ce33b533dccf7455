using System.Collections.Concurrent;
using System.CommandLine;
using System.Globalization;

namespace Farm.Stress.Chaos;

/// <summary>
/// <c>chaos</c>: 3 gateways, 3 control silos and 6 workers without an engine, one of the 12 killed every few seconds, beside that clocks stopped and
/// connections cut, while three tenants submit prompts of all kinds and a batch.
/// </summary>
internal static class ChaosScenario
{
    private const int Clients = 8, Submitters = 16, PromptsAMinute = 2_000, Looks = 10;
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<string, string> Options = new([
        HandOuts.Logged,
        Tenants.Trusted,
        // Longer than the run: the audited order is by class, then by number.
        new("Farm__Scheduling__AgingTime", "1.00:00:00"),
        .. WebhookReceiver.Options], StringComparer.Ordinal);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var (minutes, isLong, keep) = (StressCommand.Minutes(1), StressCommand.Long(), StressCommand.Keep());
        var prompts = new Option<int?>("--prompts") { Description = $"Prompts to submit; {PromptsAMinute} a minute by default." };
        var batch = new Option<int>("--batch") { Description = "Indices of the batch.", DefaultValueFactory = _ => 500 };
        var every = new Option<double>("--every") { Description = "Seconds from one kill to the next.", DefaultValueFactory = _ => 5 };
        var seed = new Option<int>("--seed") { Description = "Of the draws.", DefaultValueFactory = _ => 1 };
        var small = new Option<bool>("--small") { Description = "2 gateways, 2 silos, 2 workers." };
        var command = new Command("chaos", "Kills processes at random while prompts are submitted, then audits the database.") { minutes, isLong, keep, prompts, batch, every, seed, small };
        command.SetAction((parsed, _) =>
        {
            var harm = TimeSpan.FromMinutes(parsed.GetValue(minutes));
            var plan = new Plan(
                harm, parsed.GetValue(prompts) ?? (int)(harm.TotalMinutes * PromptsAMinute), parsed.GetValue(batch), TimeSpan.FromSeconds(parsed.GetValue(every)), parsed.GetValue(seed));
            var size = (parsed.GetValue(small) ? new FarmSize(2, 2, 2) : new FarmSize(3, 3, 6)) with { CanCutDatabase = true };
            return StressCommand.RunAsync(size, harm.TotalMinutes, parsed.GetValue(isLong), parsed.GetValue(keep), (farm, invariants) => RunAsync(farm, invariants, plan), Options);
        });
        return command;
    }

    private sealed record Plan(TimeSpan Harm, int Prompts, int Batch, TimeSpan Every, int Seed)
    {
        public int Kills => (int)(Harm / Every);

        /// <summary>On a machine that is too slow for the pace most prompts wait until the harm is over.</summary>
        public TimeSpan DrainLimit => Harm + TimeSpan.FromMinutes(5);
    }

    private static async Task RunAsync(StressFarm farm, Invariants invariants, Plan plan)
    {
        using var submitter = new Submitter(farm, plan.Seed);
        using var listening = new CancellationTokenSource();
        await using var receiver = await WebhookReceiver.StartAsync();
        var batch = new ChaosBatch(farm, invariants, receiver, plan.Batch);
        await batch.SubmitAsync();
        var listeners = Enumerable.Range(0, Clients).Select(i => new Listener(() => farm.Addresses, i) { Tenant = Tenants.All[i % Tenants.All.Count], IsRude = i % 2 == 1 }).ToArray();
        var sockets = Task.WhenAll(listeners.Select(listener => listener.ListenAsync(listening.Token)));
        var mischief = new Mischief(farm, plan.Every, plan.Kills, plan.Seed);
        var harm = mischief.RunAsync();
        var progress = ProgressAsync(farm, submitter, mischief, listening.Token);
        await SubmitAsync(submitter, listeners, plan);
        await harm;
        Console.WriteLine($"harm is over: {mischief.Summary}; draining");
        invariants.Check("the queue drains after the harm", await farm.DrainAsync(plan.DrainLimit), () => $"prompts are left after {plan.DrainLimit}");
        CheckHarm(farm, invariants, mischief, listeners, plan);
        Accepted[] accepted = [.. submitter.All.Values];
        var deaf = await Listener.UntilToldAsync(farm, listeners, accepted);
        await listening.CancelAsync();
        await Task.WhenAll(sockets, progress);
        invariants.Check("every submission was accepted in the end", accepted.Length == plan.Prompts, () => $"{accepted.Length} of {plan.Prompts}");
        foreach (var prompt in accepted)
            invariants.Check("clients were told the end of their prompts", !deaf.Contains(prompt.PromptId), () => prompt.PromptId);
        if (submitter.Refusals.ContainsKey(503))
            invariants.Check("a 503 says when to try again", submitter.WithoutRetryAfter.IsEmpty, () => submitter.WithoutRetryAfter.First());
        await batch.CheckAsync();
        await farm.WaitUntilReadyAsync();
        await CheckTenantsAsync(submitter, invariants, accepted);
        await new Audit(farm, invariants).RunAsync(accepted);
        Report(farm, submitter, listeners);
    }

    /// <summary>Submits over the whole time of harm at an even pace, or as fast as the farm takes it when it cannot keep up; returns when the interrupted ones have ended.</summary>
    private static async Task SubmitAsync(Submitter submitter, Listener[] listeners, Plan plan)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var patience = new CancellationTokenSource(plan.Harm + plan.DrainLimit, TimeProvider.System);
        var interrupter = new Interrupter(submitter);
        var interrupts = new ConcurrentBag<Task>();
        await Parallel.ForEachAsync(Enumerable.Range(0, plan.Prompts), new ParallelOptions { MaxDegreeOfParallelism = Submitters }, async (i, cancel) =>
        {
            var ahead = plan.Harm * ((double)i / plan.Prompts) - TimeProvider.System.GetElapsedTime(start);
            if (ahead > TimeSpan.Zero)
                await Task.Delay(ahead, TimeProvider.System, cancel);
            var client = listeners[i % Clients];
            var wish = Mix.WishOf(i, client.Tenant);
            var prompt = await submitter.SubmitAsync(id => Mix.ShapeOf(i, id, wish), client.ClientId, cancel, wish);
            if (wish.IsInterrupted)
                interrupts.Add(interrupter.RunAsync(prompt!, patience.Token));
        });
        await Task.WhenAll(interrupts);
    }

    /// <summary>What was to be done was done, and the processes' own ends tell so.</summary>
    private static void CheckHarm(StressFarm farm, Invariants invariants, Mischief mischief, Listener[] listeners, Plan plan)
    {
        var killed = farm.All.Sum(member => member.KilledEnds);
        invariants.Check("a living process was killed at every turn", plan.Kills > 0 && mischief.Kills == plan.Kills && killed == plan.Kills, () => $"{mischief.Kills} kills, {killed} ends by a kill, {plan.Kills} turns");
        invariants.Check("connections of clients were reset", listeners.Sum(listener => listener.Resets) > 0, () => "none");
        invariants.Check("connections to the database were cut", farm.DatabaseLine!.Cuts > 0, () => "none");
    }

    /// <summary>Each sees its own prompts and none of another's.</summary>
    private static async Task CheckTenantsAsync(Submitter submitter, Invariants invariants, Accepted[] accepted)
    {
        var some = accepted.GroupBy(prompt => prompt.Wish.Tenant, StringComparer.Ordinal).SelectMany(own => own.Take(Looks));
        foreach (var (prompt, tenant) in some.SelectMany(prompt => Tenants.All.Select(tenant => (prompt, tenant))))
        {
            var seen = await submitter.AskAsync(HttpMethod.Get, $"/history/{prompt.PromptId}", tenant);
            invariants.Check(
                "a tenant sees its own prompts only", seen is not null && seen.Contains(prompt.PromptId, StringComparison.Ordinal) == (tenant == prompt.Wish.Tenant),
                () => $"{tenant}, a prompt of {prompt.Wish.Tenant}: {seen}");
        }
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
        var untold = submitter.All.Values.Count(prompt => !listeners.Single(listener => listener.ClientId == prompt.ClientId).HeardEndOf(prompt.PromptId));
        Console.WriteLine($"clients: {submitter.Repeated} submissions repeated ({refusals}); {listeners.Sum(l => l.Connections)} sockets, {listeners.Sum(l => l.Resets)} of them reset by the client, {untold} ends lost on their way with them; {listeners.Sum(l => l.ToldAgain)} ends told again");
        Console.WriteLine($"processes that ended by themselves: {string.Join(", ", farm.All.Where(m => m.OwnEnds > 0).Select(m => $"{m.Name} {m.OwnEnds}"))}");
    }
}
