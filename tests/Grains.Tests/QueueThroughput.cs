using System.Diagnostics;
using Farm.Grains.Scheduling;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests;

/// <summary>Readings of the scheduler's memory alone: a million waiting prompts of 10 tenants, handed out and released one by one.</summary>
public sealed class QueueThroughput(ITestOutputHelper output)
{
    private const int Prompts = 1_000_000;

    [Fact(Explicit = true)]
    public void Million()
    {
        var queue = new FarmQueue(new RoundRobinTenants());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Prompts; i++)
            queue.Restore(new StoredRun(Guid.NewGuid(), $"t{i % 10}", Guid.NewGuid().ToString(), i, 1, $"A\nB\nC{i % 20}", false, null), Samples.Start);
        var restored = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var memory = (GC.GetTotalMemory(forceFullCollection: true) - before) >> 20;
        var worker = new WorkerClasses(["A", "B", .. Enumerable.Range(0, 20).Select(i => $"C{i}")]);
        started = Stopwatch.GetTimestamp();
        while (queue.First(worker) is { } item)
        {
            queue.HandOut(item, "w", Samples.Start);
            queue.Remove(item.RunId);
        }
        output.WriteLine($"restored in {restored:F1} s, {memory} MiB; {Prompts / Stopwatch.GetElapsedTime(started).TotalSeconds:F0} hand-outs/s");
    }
}
