using System.Diagnostics;
using Farm.Contracts.Prompts;
using Farm.Grains.Persistence;
using Farm.Grains.Prompts;
using Farm.Grains.Retention;
using Farm.Grains.Tests.Persistence;
using Farm.Grains.Tests.Support;
using Farm.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Farm.Grains.Tests;

/// <summary>Readings of retention: how fast old history and ledger go with default options, and what a submit takes meanwhile.</summary>
public sealed class RetentionThroughput(ITestOutputHelper output, PostgresFixture postgres)
{
    private const int Prompts = 30_000;

    [Fact(Explicit = true)]
    public Task Sqlite() => MeasureAsync([]);

    [Fact(Explicit = true)]
    public async Task Postgres() => await MeasureAsync(new()
    {
        ["Farm:Database:Provider"] = "postgres",
        ["Farm:Database:ConnectionString"] = await (await postgres.ServerAsync()).CreateDatabaseAsync(),
    });

    private async Task MeasureAsync(Dictionary<string, string?> settings)
    {
        var folder = Directory.CreateTempSubdirectory("farm-retention-").FullName;
        settings["Farm:Data:Root"] = folder;
        settings["Farm:Retention:Rules:history:Age"] = settings["Farm:Retention:Rules:ledger:Age"] = "1.00:00:00";
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var registered = new ServiceCollection().AddLogging().AddMetrics().AddFarmStorage(configuration);
        registered.AddStores(configuration);
        registered.AddRetentionRules(configuration);
        await using var services = registered.BuildServiceProvider();
        await ActivatorUtilities.CreateInstance<DatabaseStart>(services).PrepareAsync(CancellationToken.None);
        var store = services.GetRequiredService<IPromptStore>();
        await Parallel.ForEachAsync(Enumerable.Range(0, Prompts), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
        {
            var queued = PromptStateMachine.Submit(Guid.CreateVersion7(), Samples.Submission($"p{i}", i));
            await store.InsertAsync(queued);
            var running = PromptStateMachine.Begin(queued, 1, "w1", Samples.Start)!;
            await store.UpdateAsync(running);
            await store.EndAsync(PromptStateMachine.Complete(running, 1, RunOutcome.Success, Samples.Start)!, new PromptEnd(RunOutcome.Success, true, [Samples.Ui("2")], [new ExecutionSuccess(2)]));
        });

        var quiet = await SubmitAsync(store, until: Task.Delay(TimeSpan.FromSeconds(3)));
        var started = Stopwatch.GetTimestamp();
        var run = Task.Run(async () =>
        {
            await foreach (var found in services.GetRequiredService<RetentionRunner>().RunAsync(remove: true, CancellationToken.None))
                if (found.Count > 0) output.WriteLine($"{found.Kind}: {found.Count}, {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s since the start");
        });
        var busy = await SubmitAsync(store, until: run);
        output.WriteLine($"a submit, ms p50 and p99: alone {quiet}, beside the run {busy}");
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> SubmitAsync(IPromptStore store, Task until)
    {
        var times = new List<double>();
        while (!until.IsCompleted)
        {
            var started = Stopwatch.GetTimestamp();
            await store.InsertAsync(PromptStateMachine.Submit(Guid.CreateVersion7(), Samples.Submission("p")));
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        await until;
        times.Sort();
        return $"{times[times.Count / 2]:F1} and {times[(int)(times.Count * 0.99)]:F1}";
    }
}
