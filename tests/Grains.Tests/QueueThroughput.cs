using System.Diagnostics;
using Farm.Grains.Scheduling;
using Farm.Grains.Tests.Support;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Tests;

/// <summary>Readings of the scheduler's memory alone: a million waiting prompts of 10 tenants, handed out to 1,000 workers.</summary>
public sealed class QueueThroughput(ITestOutputHelper output)
{
    private const int Prompts = 1_000_000;
    private const int Workers = 1_000;

    [Fact(Explicit = true)]
    public void Million()
    {
        var queue = VirtualFarm.NewQueue(TimeProvider.System);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Prompts; i++)
            queue.Restore(new StoredRun(Guid.NewGuid(), $"t{i % 10}", Guid.NewGuid().ToString(), i, 1, $"A\nB\nC{i % 20}\f0 0 0 s{i % 50}", i, false, null, null), Samples.Start);
        var restored = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var memory = (GC.GetTotalMemory(forceFullCollection: true) - before) >> 20;
        var profile = new WorkerProfile(["A", "B", .. Enumerable.Range(0, 20).Select(i => $"C{i}")], "", []);
        var roster = new WorkerRoster(TimeProvider.System, TimeSpan.FromHours(1));
        var workers = Enumerable.Range(0, Workers).Select(i => roster.Claims(FarmCluster.Claim($"w{i}", TimeSpan.Zero), profile)).ToArray();
        var placement = new Placement(roster, KeptFigures.Needs(TimeProvider.System), Options.Create(new SchedulingOptions()), TimeProvider.System);
        var running = new Queue<Guid>();
        started = Stopwatch.GetTimestamp();
        for (var i = 0; queue.First(waiting => placement.Gives(waiting, workers[i % Workers]), waiting => placement.IsTooLarge(waiting, workers[i % Workers])) is { } item; i++)
        {
            queue.HandOut(item, workers[i % Workers].Id, Samples.Start);
            running.Enqueue(item.RunId);
            if (running.Count == Workers) queue.Remove(running.Dequeue(), succeeded: true);
        }
        output.WriteLine($"restored in {restored:F1} s, {memory} MiB; {Prompts / Stopwatch.GetElapsedTime(started).TotalSeconds:F0} hand-outs/s");
    }
}
