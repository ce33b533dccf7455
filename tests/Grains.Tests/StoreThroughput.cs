using System.Diagnostics;
using Farm.Contracts.Prompts;
using Farm.Grains.Persistence;
using Farm.Grains.Prompts;
using Farm.Grains.Tests.Persistence;
using Farm.Grains.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Farm.Grains.Tests;

/// <summary>Readings of the store alone: three commits a prompt, 64 prompts at a time.</summary>
public sealed class StoreThroughput(ITestOutputHelper output, PostgresFixture postgres)
{
    private const int Prompts = 20_000;

    [Fact(Explicit = true)]
    public async Task Sqlite()
    {
        var folder = Directory.CreateTempSubdirectory("farm-store-").FullName;
        await MeasureAsync(StoreServices.Build(("Farm:Data:Root", folder)));
    }

    [Fact(Explicit = true)]
    public async Task Postgres() => await MeasureAsync(StoreServices.Build(
        ("Farm:Database:Provider", "postgres"), ("Farm:Database:ConnectionString", await (await postgres.ServerAsync()).CreateDatabaseAsync())));

    private async Task MeasureAsync(ServiceProvider services)
    {
        await using var _ = services;
        await ActivatorUtilities.CreateInstance<DatabaseStart>(services).PrepareAsync(CancellationToken.None);
        var store = services.GetRequiredService<IPromptStore>();
        await RunAsync(store, 2_000);
        var cpu = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        await RunAsync(store, Prompts);
        var time = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var cost = (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / Prompts;
        output.WriteLine($"prompts/s {Prompts / time:F0}, CPU {cost:F3} ms a prompt");
    }

    private static Task RunAsync(IPromptStore store, int count) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
        {
            var queued = PromptStateMachine.Submit(Guid.CreateVersion7(), Samples.Submission($"p{i}", i));
            await store.InsertAsync(queued);
            var running = PromptStateMachine.Begin(queued, 1, "w1", Samples.Start)!;
            await store.UpdateAsync(running);
            var end = new PromptEnd(RunOutcome.Success, true, [Samples.Ui("2")], [new ExecutionStart(1), new ExecutionCached([], 1), new ExecutionSuccess(2)]);
            await store.EndAsync(PromptStateMachine.Complete(running, 1, RunOutcome.Success, Samples.Start)!, end);
        });
}
