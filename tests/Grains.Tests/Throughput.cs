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
    private const int Count = 20_000;

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
        var stages = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
        var cpu = TimeSpan.Zero;
        for (var i = 0; i < 2_000; i++)
        {
            if (i == 500) cpu = Environment.CpuUsage.TotalTime;
            if (i == 500) stages.Clear();
            var claim = farm.Scheduler.ClaimAsync(FarmCluster.Claim("w1", TimeSpan.FromSeconds(20)));
            var started = Stopwatch.GetTimestamp();
            var number = await Timed("1 number", farm.Scheduler.DrawNumberAsync("default"));
            await Timed("2 submit", farm.SubmitAsync(Samples.Submission($"p{i}", number, clientId: "c1")));
            var lease = (await Timed("3 claim", claim))!;
            var job = (await Timed("4 begin", farm.Prompt(lease.RunId).BeginAsync(lease.Attempt, "w1")))!;
            Assert.Equal(RunOrder.Continue, await Timed("5 report", farm.Prompt(lease.RunId).ReportAsync(1, Farm.Grains.Tests.Prompts.PromptRunTests.Events)));
            Assert.True(await Timed("6 complete", farm.Prompt(lease.RunId).CompleteAsync(Samples.Success(job.Attempt, Samples.Ui("2")))));
            Note("7 all", started);
        }
        Assert.Equal(2_000, gateway.Events.OfType<ExecutionSuccess>().Count());
        output.WriteLine($"CPU {CpuSince(cpu) / 1_500:F2} ms a prompt; p50 / p99 ms: " + string.Join(", ", stages.Select(Line)));

        async Task<T> Timed<T>(string stage, Task<T> act)
        {
            var start = Stopwatch.GetTimestamp();
            var result = await act;
            Note(stage, start);
            return result;
        }

        void Note(string stage, long start)
        {
            if (!stages.TryGetValue(stage, out var times)) stages.Add(stage, times = []);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        static string Line(KeyValuePair<string, List<double>> stage)
        {
            stage.Value.Sort();
            return $"{stage.Key} {stage.Value[stage.Value.Count / 2]:F2} / {stage.Value[stage.Value.Count * 99 / 100]:F2}";
        }
    }

    /// <summary>Submits by 64 callers, then runs by 32 workers.</summary>
    private async Task DrainAsync(FarmCluster farm)
    {
        await using var _ = farm;
        await InParallelAsync(64, 2_000, i => farm.SubmitAsync(Samples.Submission($"warm{i}", i)));
        await InParallelAsync(32, 2_000, i => farm.RunNextAsync($"w{i % 32}"));
        var cpu = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        await InParallelAsync(64, Count, i => farm.SubmitAsync(Samples.Submission($"p{i}", i)));
        var submitted = Stopwatch.GetElapsedTime(started);
        await InParallelAsync(32, Count, i => farm.RunNextAsync($"w{i % 32}"));
        var all = Stopwatch.GetElapsedTime(started);
        output.WriteLine($"submits/s {Count / submitted.TotalSeconds:F0}, runs/s {Count / (all - submitted).TotalSeconds:F0}, both {Count / all.TotalSeconds:F0}, CPU {CpuSince(cpu) / Count:F2} ms a prompt");
    }

    private static double CpuSince(TimeSpan start) => (Environment.CpuUsage.TotalTime - start).TotalMilliseconds;

    private static Task InParallelAsync(int callers, int count, Func<int, Task> act) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = callers }, async (i, _) => await act(i));
}
