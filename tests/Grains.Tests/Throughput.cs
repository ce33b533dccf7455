using System.Diagnostics;
using Farm.Contracts.Prompts;
using Farm.Grains.Tests.Support;
using Farm.TestSupport;

namespace Farm.Grains.Tests;

/// <summary>
/// Readings, not assertions: run them with <c>-- -explicit only -class Farm.Grains.Tests.Throughput</c> on an idle machine.
/// </summary>
public sealed class Throughput(ITestOutputHelper output)
{
    private const int Prompts = 20_000;

    [Fact(Explicit = true)]
    public async Task RoundTrip_Sqlite() => await RoundTripAsync(await FarmCluster.StartAsync());

    [Fact(Explicit = true)]
    public async Task RoundTrip_Postgres()
    {
        await using var server = await PostgresServer.StartAsync();
        await RoundTripAsync(await OnPostgresAsync(server));
    }

    [Fact(Explicit = true)]
    public async Task Drain_Sqlite() => await DrainAsync(await FarmCluster.StartAsync());

    [Fact(Explicit = true)]
    public async Task Drain_Postgres()
    {
        await using var server = await PostgresServer.StartAsync();
        await DrainAsync(await OnPostgresAsync(server));
    }

    private static async Task<FarmCluster> OnPostgresAsync(PostgresServer server) => await FarmCluster.StartAsync(
        ("Farm:Database:Provider", "postgres"), ("Farm:Database:ConnectionString", await server.CreateDatabaseAsync()));

    /// <summary>One tiny prompt at a time: submit, claim, begin, report, complete, with a client that listens.</summary>
    private async Task RoundTripAsync(FarmCluster farm)
    {
        await using var _ = farm;
        var gateway = await farm.ListenAsync();
        await farm.AttachAsync(gateway, "c1", "s1");
        var times = new List<double>();
        for (var i = 0; i < 2_000; i++)
        {
            var claim = farm.Scheduler.ClaimAsync(FarmCluster.Claim("w1", TimeSpan.FromSeconds(20)));
            var started = Stopwatch.GetTimestamp();
            var number = await farm.Scheduler.DrawNumberAsync("default");
            await farm.SubmitAsync(Samples.Submission($"p{i}", number, clientId: "c1"));
            var lease = (await claim)!;
            var job = (await farm.Prompt(lease.RunId).BeginAsync(lease.Attempt, "w1"))!;
            await Farm.Grains.Tests.Prompts.PromptRunTests.ReportRunAsync(farm, job);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        Assert.Equal(2_000, gateway.Events.OfType<ExecutionSuccess>().Count());
        times.RemoveRange(0, 500);
        times.Sort();
        output.WriteLine($"round trip: p50 {times[times.Count / 2]:F2} ms, p99 {times[times.Count * 99 / 100]:F2} ms");
    }

    /// <summary>Submits by 64 callers, then runs by 32 workers.</summary>
    private async Task DrainAsync(FarmCluster farm)
    {
        await using var _ = farm;
        await InParallelAsync(64, 2_000, i => farm.SubmitAsync(Samples.Submission($"warm{i}", i)));
        await InParallelAsync(32, 2_000, i => farm.RunNextAsync($"w{i % 32}"));
        var started = Stopwatch.GetTimestamp();
        await InParallelAsync(64, Prompts, i => farm.SubmitAsync(Samples.Submission($"p{i}", i)));
        var submitted = Stopwatch.GetElapsedTime(started);
        await InParallelAsync(32, Prompts, i => farm.RunNextAsync($"w{i % 32}"));
        var all = Stopwatch.GetElapsedTime(started);
        output.WriteLine($"submits/s {Prompts / submitted.TotalSeconds:F0}, runs/s {Prompts / (all - submitted).TotalSeconds:F0}, both {Prompts / all.TotalSeconds:F0}");
    }

    private static Task InParallelAsync(int callers, int count, Func<int, Task> act) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = callers }, async (i, _) => await act(i));
}
