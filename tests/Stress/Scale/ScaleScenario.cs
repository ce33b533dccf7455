using System.CommandLine;
using System.Globalization;

namespace Farm.Stress.Scale;

/// <summary><c>scale</c>: one control silo with a real database, a thousand scripted workers and a million waiting prompts, held against bounds.</summary>
internal static class ScaleScenario
{
    private const int HandOutsAlone = 20_000, HandOutsStored = 3_000;
    private const long Memory = 1_000_000_000, RowBytes = 1_000;
    private static readonly TimeSpan Restart = TimeSpan.FromSeconds(15), WarmUp = TimeSpan.FromSeconds(45);

    /// <summary>No line a prompt.</summary>
    private static readonly Dictionary<string, string> Options = new(StringComparer.Ordinal)
    {
        ["Logging__LogLevel__Farm.Grains.Prompts"] = "Warning",
    };

    /// <summary>As docs/operations.md advises for a busy farm. What a commit waits for stays as it is.</summary>
    private static readonly string[] Settings = ["shared_buffers=512MB", "max_wal_size=4GB", "checkpoint_timeout=15min", "wal_compression=lz4"];

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var (isLong, keep) = (StressCommand.Long(), StressCommand.Keep());
        var prompts = new Option<int>("--prompts") { Description = "Prompts that wait.", DefaultValueFactory = _ => 1_000_000 };
        var workers = new Option<int>("--workers") { Description = "Scripted workers.", DefaultValueFactory = _ => 1_000 };
        var seconds = new Option<int>("--seconds") { Description = "How long hand-outs are counted.", DefaultValueFactory = _ => 30 };
        var command = new Command("scale", "Measures hand-outs, memory and restart of one control silo with many prompts and workers.") { isLong, keep, prompts, workers, seconds };
        command.SetAction((parsed, _) =>
        {
            var plan = new Plan(parsed.GetValue(prompts), parsed.GetValue(workers), TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            return StressCommand.RunAsync(
                new FarmSize(1, 1, 0), minutes: 4, parsed.GetValue(isLong), parsed.GetValue(keep), (farm, invariants) => RunAsync(farm, invariants, plan), Options, repeats: false, Settings);
        });
        return command;
    }

    private sealed record Plan(int Prompts, int Workers, TimeSpan Time);

    private static async Task RunAsync(StressFarm farm, Invariants invariants, Plan plan)
    {
        Say($"{Environment.ProcessorCount} processors, load average {await File.ReadAllTextAsync("/proc/loadavg")}");
        var alone = QueueAlone.Measure(plan.Prompts, plan.Workers);
        Say($"without the store: {alone:F0} hand-outs/s of {plan.Prompts} prompts to {plan.Workers} workers");
        invariants.Check("hand-outs without the store", alone >= HandOutsAlone, () => $"{alone:F0}/s, not {HandOutsAlone}");
        await using var workers = await ScriptedWorkers.StartAsync(farm);
        var waiting = new WaitingPrompts(farm);
        var start = TimeProvider.System.GetTimestamp();
        await waiting.FillAsync(plan.Prompts);
        Say($"{await waiting.CountAsync()} prompts wait, written in {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F0} s");
        var (withGraph, bytes) = await waiting.SizesAsync();
        Say($"a waiting row has {bytes} bytes");
        invariants.Check("waiting rows hold no graph", withGraph == 0 && bytes < RowBytes, () => $"{withGraph} rows hold text of a graph; {bytes} bytes a row");
        await RestartAsync(farm, workers, invariants);
        await DrainAsync(farm, workers, invariants, plan);
        await AuditAsync(farm, workers, waiting, invariants, plan);
    }

    private static async Task RestartAsync(StressFarm farm, ScriptedWorkers workers, Invariants invariants)
    {
        var start = TimeProvider.System.GetTimestamp();
        farm.Silos[0].Kill();
        var time = TimeProvider.System.GetElapsedTime(start, await workers.RunFirstAsync("first"));
        Say($"from the kill of the silo to the first hand-out of its next life: {time.TotalSeconds:F1} s; memory {farm.Silos[0].ResidentBytes() >> 20} MiB");
        invariants.Check("restart to first hand-out", time < Restart, () => $"{time}, not below {Restart}");
    }

    private static async Task DrainAsync(StressFarm farm, ScriptedWorkers workers, Invariants invariants, Plan plan)
    {
        using var working = new CancellationTokenSource();
        var work = workers.WorkAsync(plan.Workers, working.Token);
        await Task.Delay(WarmUp, TimeProvider.System);
        var costs = await Costs.ReadAsync(farm);
        var (before, start) = (workers.Completed, TimeProvider.System.GetTimestamp());
        long memory = 0;
        while (TimeProvider.System.GetElapsedTime(start) < plan.Time)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            memory = Math.Max(memory, farm.Silos[0].ResidentBytes());
        }
        var spent = await Costs.ReadAsync(farm);
        var count = workers.Completed - before;
        var time = TimeProvider.System.GetElapsedTime(start);
        var rate = count / time.TotalSeconds;
        spent.Say(costs, count, time);
        Say($"with PostgreSQL: {rate:F0} hand-outs/s, each begun and completed in the database; memory {memory >> 20} MiB at the most; load average {await File.ReadAllTextAsync("/proc/loadavg")}");
        var waited = workers.Waited;
        Say($"mean time of a call: claim {waited.Claim.TotalMilliseconds / workers.Completed:F0} ms, begin {waited.Begin.TotalMilliseconds / workers.Completed:F0} ms, complete {waited.Complete.TotalMilliseconds / workers.Completed:F0} ms");
        await working.CancelAsync();
        await work;
        invariants.Check("hand-outs with the store", rate >= HandOutsStored, () => $"{rate:F0}/s, not {HandOutsStored}");
        invariants.Check("memory of the control silo", memory < Memory, () => $"{memory} bytes, not below {Memory}");
    }

    private static async Task AuditAsync(StressFarm farm, ScriptedWorkers workers, WaitingPrompts waiting, Invariants invariants, Plan plan)
    {
        var (completed, results) = (workers.Completed, await farm.CountAsync("SELECT count(*) FROM prompt_results"));
        Say($"{completed} completed, {workers.Failures} calls failed");
        invariants.Check("calls are answered", workers.Failures == 0, () => $"{workers.Failures} failed");
        invariants.Check("what was completed stands in history once", results == completed, () => $"{results} entries of {completed}");
        invariants.Check("what was completed stands in the ledger once", await farm.CountAsync("SELECT count(*) FROM ledger") == completed, () => "another number");
        invariants.Check("no prompt is lost", await waiting.CountAsync() == plan.Prompts - completed, () => "others wait");
        invariants.Check("no prompt was tried again", await farm.CountAsync("SELECT count(*) FROM prompts WHERE attempt > 1") == 0, () => "some were");
        var handedOutOfOrder = await farm.CountAsync(
            "SELECT count(*) FROM prompts WHERE status < 2 AND number < (SELECT max(number) FROM prompts WHERE status = 2)");
        invariants.Check("what waits comes after what was handed out", handedOutOfOrder == 0, () => $"{handedOutOfOrder} were passed over");
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture).TrimEnd());
}
