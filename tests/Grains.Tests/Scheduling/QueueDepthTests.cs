using Farm.Contracts.Scheduling;
using Farm.Grains.Scheduling;
using Farm.Grains.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Farm.Grains.Tests.Scheduling;

/// <summary>What metrics say of what waits.</summary>
public sealed class QueueDepthTests
{
    private static readonly DateTimeOffset Start = Samples.Start;

    [Fact]
    public void Read_PromptsOfTwoPoolsAndTenants_CountsThemApartAndFindsTheOldest()
    {
        var queue = VirtualFarm.NewQueue(TimeProvider.System);
        queue.Enqueue(Entry("a", "", 10));
        var oldest = Entry("a", "", 5);
        queue.Enqueue(oldest);
        queue.Enqueue(Entry("a", "night", 7));
        queue.Enqueue(Entry("b", "night", 8));

        // Nothing is measured yet: a second a run.
        Assert.Equal([Depth("", "a", 2, 5, 2), Depth("night", "a", 1, 7, 1), Depth("night", "b", 1, 8, 1)], Read(queue));

        queue.Remove(oldest.RunId);
        Assert.Equal(Depth("", "a", 1, 10, 1), Read(queue)[0]);
    }

    [Fact]
    public void Read_PromptThatIsHandedOutAndLost_WaitsFromTheLossOn()
    {
        var clock = new FakeTimeProvider(Start.AddSeconds(20));
        var queue = VirtualFarm.NewQueue(clock);
        var entry = Entry("a", "", 0);
        var item = queue.Enqueue(entry)!;
        queue.HandOut(item, "w", clock.GetUtcNow().AddSeconds(8));
        Assert.Empty(Read(queue));

        clock.Advance(TimeSpan.FromSeconds(9));
        queue.Enqueue(entry with { Attempt = 2 });

        Assert.Equal([Depth("", "a", 1, 29, 1)], Read(queue));
    }

    private static QueueDepth Depth(string pool, string tenant, int count, int oldest, double seconds) =>
        new(pool, tenant, count, Start.AddSeconds(oldest).ToUnixTimeMilliseconds(), seconds);

    private static QueueDepth[] Read(FarmQueue queue) => [.. queue.Depths.Read().OrderBy(d => d.Pool, StringComparer.Ordinal).ThenBy(d => d.Tenant, StringComparer.Ordinal)];

    private static QueueEntry Entry(string tenant, string pool, int created) => new()
    {
        RunId = Guid.NewGuid(),
        Tenant = tenant,
        PromptId = $"p{created}",
        Number = created,
        Attempt = 1,
        ClassTypes = ["A"],
        Needs = new PromptNeeds { Pool = pool },
        CreatedAt = Start.AddSeconds(created),
    };
}
