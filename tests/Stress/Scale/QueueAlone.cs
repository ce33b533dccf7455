using System.Globalization;
using Farm.Contracts.Scheduling;
using Farm.Grains.Scheduling;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Farm.Stress.Scale;

/// <summary>The scheduler's memory without store and calls: waiting prompts of 10 tenants, 20 needs and 50 shapes, handed out to workers in turn.</summary>
internal static class QueueAlone
{
    private const int Tenants = 10, Needs = 20, Shapes = 50;

    /// <summary>Hands all out, as many under a lease at a time as there are workers.</summary>
    /// <returns>Hand-outs a second.</returns>
    public static double Measure(int prompts, int workers)
    {
        var clock = TimeProvider.System;
        var (queue, placement, known) = Make(prompts, workers, clock);
        var running = new Queue<Guid>();
        var start = clock.GetTimestamp();
        var handedOut = 0;
        while (queue.First(waiting => placement.Gives(waiting, known[handedOut % workers]), waiting => placement.IsTooLarge(waiting, known[handedOut % workers])) is { } item)
        {
            queue.HandOut(item, known[handedOut++ % workers].Id, DateTimeOffset.MaxValue);
            running.Enqueue(item.RunId);
            if (running.Count == workers)
                queue.Remove(running.Dequeue(), succeeded: true);
        }
        return handedOut / clock.GetElapsedTime(start).TotalSeconds;
    }

    private static (FarmQueue Queue, Placement Placement, KnownWorker[] Workers) Make(int prompts, int workers, TimeProvider clock)
    {
        var (scheduling, quotas) = (Options.Create(new SchedulingOptions()), new TenantQuotas(Options.Create(new TenantOptions())));
        var queue = new FarmQueue(new FairShares(quotas), new RankPolicy(scheduling), quotas, clock);
        for (var i = 0; i < prompts; i++)
            queue.Restore(Row(i), DateTimeOffset.MaxValue);
        var roster = new WorkerRoster(clock, TimeSpan.FromHours(1));
        var needs = new MemoryNeeds(new NoFigures(), scheduling, clock, NullLogger<MemoryNeeds>.Instance);
        var profile = new WorkerProfile(["A", .. Enumerable.Range(0, Needs).Select(ClassOf)], "", []);
        return (queue, new Placement(roster, needs, scheduling, clock), [.. Enumerable.Range(0, workers).Select(i => roster.Claims(Claim(i), profile))]);
    }

    private static StoredRun Row(int i) => new(
        Guid.NewGuid(), Invariant($"t{i % Tenants}"), Guid.NewGuid().ToString(), i, Attempt: 1, $"A\n{ClassOf(i % Needs)}\f0 0 0 s{i % Shapes}", i, Running: false, WorkerId: null, TraceParent: null);

    private static WorkerClaim Claim(int i) => new() { WorkerId = Invariant($"w{i}"), ManifestHash = "alone", Patience = TimeSpan.Zero };

    /// <summary>Nothing was measured.</summary>
    private sealed class NoFigures : IMemoryStore
    {
        public Task<IReadOnlyList<MemoryFigure>> LoadAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<MemoryFigure>>([]);

        public Task SaveAsync(IReadOnlyCollection<MemoryFigure> changed, IReadOnlyCollection<string> removed) => Task.CompletedTask;
    }

    private static string ClassOf(int i) => Invariant($"C{i}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
