using System.Diagnostics;

namespace Farm.Benchmarks;

/// <summary>The farm without models: how fast prompts go in, through and out, over HTTP and the WebSocket, with SQLite.</summary>
internal static class ControlPlaneBenchmarks
{
    private const int WarmUp = 50, RoundTrips = 500, Drained = 2000, Submits = 4000;

    public static async Task RoundTripAsync(BenchmarkContext context)
    {
        using var farm = await FarmUnderTest.StartAsync(context);
        var durations = new List<TimeSpan>();
        for (var i = 0; i < WarmUp + RoundTrips; i++)
        {
            var body = farm.TinyBody();
            var watch = Stopwatch.StartNew();
            await farm.SubmitAsync(body);
            await farm.WaitForAsync("execution_success", _ => true);
            if (i >= WarmUp)
                durations.Add(watch.Elapsed);
        }
        context.AddLatencies("roundtrip", "submit to execution_success, one at a time", durations);
    }

    public static async Task DrainAsync(BenchmarkContext context)
    {
        using var farm = await FarmUnderTest.StartAsync(context);
        await PostAsync(farm, WarmUp, connections: 8);
        await farm.DrainAsync();
        var watch = Stopwatch.StartNew();
        await PostAsync(farm, Drained, connections: 8);
        await farm.DrainAsync();
        context.Add("drain", $"{Drained} tiny prompts, submitted and finished", Drained / watch.Elapsed.TotalSeconds, "prompts/s");
    }

    public static async Task SubmitAsync(BenchmarkContext context)
    {
        foreach (var connections in (int[])[1, 8, 32])
        {
            using var farm = await FarmUnderTest.StartAsync(context);
            await PostAsync(farm, 500, connections);
            await farm.DrainAsync();
            // With the one worker busy, nothing but submitting happens.
            await farm.SubmitAsync(farm.BlockerBody());
            await farm.WaitForAsync("executing", _ => true);
            var watch = Stopwatch.StartNew();
            var durations = await PostAsync(farm, Submits, connections);
            context.Add("submit", $"{connections} connections", Submits / watch.Elapsed.TotalSeconds, "prompts/s");
            context.AddLatencies("submit", $"{connections} connections", durations);
        }
    }

    private static async Task<IReadOnlyList<TimeSpan>> PostAsync(FarmUnderTest farm, int prompts, int connections)
    {
        var bodies = Enumerable.Range(0, prompts).Select(_ => farm.TinyBody()).ToArray();
        var durations = new TimeSpan[prompts];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < prompts)
            {
                var watch = Stopwatch.StartNew();
                await farm.SubmitAsync(bodies[i]);
                durations[i] = watch.Elapsed;
            }
        })));
        return durations;
    }
}
