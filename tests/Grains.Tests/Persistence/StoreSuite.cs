using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;
using Farm.Grains.Catalog;
using Farm.Grains.History;
using Farm.Grains.Persistence;
using Farm.Grains.Prompts;
using Farm.Grains.Scheduling;
using Farm.Grains.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Farm.Grains.Tests.Persistence;

/// <summary>One suite for every database: what the stores promise.</summary>
public abstract class StoreSuite : IAsyncLifetime
{
    private ServiceProvider? _services;

    private IPromptStore Prompts => Get<IPromptStore>();

    private IHistoryStore History => Get<IHistoryStore>();

    private IQueueStore Queue => Get<IQueueStore>();

    /// <summary>Services over a new, empty database.</summary>
    private protected abstract Task<ServiceProvider> OpenAsync();

    public async ValueTask InitializeAsync()
    {
        _services = await OpenAsync();
        await ActivatorUtilities.CreateInstance<DatabaseStart>(_services).PrepareAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Model_AndMigrations_Agree()
    {
        await using var db = await Get<IDbContextFactory<FarmDb>>().CreateDbContextAsync();

        Assert.False(db.Database.HasPendingModelChanges());
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
    }

    [Fact]
    public async Task MemoryFigures_SavedChangedAndRemoved_AreWhatIsLoaded()
    {
        var store = Get<IMemoryStore>();
        await store.SaveAsync([new MemoryFigure("shape:a", 1, 10), new MemoryFigure("model:b", 1L << 40, 11), new MemoryFigure("shape:c", 3, 12)], []);

        await store.SaveAsync([new MemoryFigure("shape:a", 2, 20)], ["shape:c", "shape:never"]);

        Assert.Equal(
            [new MemoryFigure("model:b", 1L << 40, 11), new MemoryFigure("shape:a", 2, 20)], (await store.LoadAsync(default)).OrderBy(figure => figure.Name, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Insert_ThenFind_GivesBackEveryFieldAsSent()
    {
        var submission = Samples.Submission("p \"ü\" 😀", -0.5, "t1", "c1", "B", "A") with
        {
            User = "anna",
            Prompt = "{\"b\":1,  \"a\":{\"x\":[1.0,\"\\u00fc\"]}}",
            Targets = ["9", "10"],
            Secrets = "{\"api_key_comfy_org\":\"secret\"}",
            DeferredChecks =
            [
                new NodeCheck { NodeId = "9", ClassType = "A", Arguments = "{\"x\": 1.0}", Links = [new LinkedInput("y", "\"INT\"", "B")] },
            ],
        };
        var state = await InsertAsync(submission);

        var found = (await Prompts.FindAsync(state.RunId))!;

        Assert.Equal(submission.Prompt, found.Submission.Prompt);
        Assert.Equal(
            ("t1", "anna", "p \"ü\" 😀", -0.5, "c1", submission.ExtraData, Samples.Start),
            (found.Submission.Tenant, found.Submission.User, found.Submission.PromptId, found.Submission.Number, found.Submission.ClientId,
             found.Submission.ExtraData, found.Submission.CreatedAt));
        Assert.Equal(["9", "10"], found.Submission.Targets);
        Assert.Equal(["A", "B"], found.Submission.ClassTypes);
        var check = Assert.Single(found.Submission.DeferredChecks);
        Assert.Equal(("9", "A", "{\"x\": 1.0}"), (check.NodeId, check.ClassType, check.Arguments));
        Assert.Equal([new LinkedInput("y", "\"INT\"", "B")], check.Links);
        Assert.Null(found.Submission.Secrets);
        Assert.Equal((PromptStatus.Queued, 1, 0L), (found.Status, found.Attempt, found.Revision));
        Assert.Null(await Prompts.FindAsync(Guid.NewGuid()));
    }

    [Fact]
    public async Task Insert_Twice_IsRefused()
    {
        var state = await InsertAsync(Samples.Submission("p"));

        await Assert.ThrowsAsync<StaleWriteException>(() => Prompts.InsertAsync(state));
    }

    [Fact]
    public async Task Update_FromAStaleState_IsRefusedAndChangesNothing()
    {
        var queued = await InsertAsync(Samples.Submission("p"));
        var running = PromptStateMachine.Begin(queued, 1, "w1", Samples.Start)!;
        await Prompts.UpdateAsync(running);

        var late = PromptStateMachine.Begin(queued, 1, "w2", Samples.Start)!;
        await Assert.ThrowsAsync<StaleWriteException>(() => Prompts.UpdateAsync(late));
        await Assert.ThrowsAsync<StaleWriteException>(() => Prompts.EndAsync(late, End()));
        await Assert.ThrowsAsync<StaleWriteException>(() => Prompts.DeleteAsync(queued));

        Assert.Equal("w1", (await Prompts.FindAsync(queued.RunId))!.WorkerId);
        Assert.Empty(await History.ListAsync("default", HistorySlice.Of(new HistoryWindow(null)), 100));
    }

    [Fact]
    public async Task Update_OfOneStateByMany_IsTakenOnceAndOnlyItsWriterHearsSo()
    {
        var queued = await InsertAsync(Samples.Submission("p"));

        var writes = Enumerable.Range(0, 20).Select(i => Prompts.UpdateAsync(PromptStateMachine.Begin(queued, 1, $"w{i}", Samples.Start)!)).ToArray();
        await Assert.ThrowsAsync<StaleWriteException>(() => Task.WhenAll(writes));

        var taken = Assert.Single(Enumerable.Range(0, 20), i => writes[i].IsCompletedSuccessfully);
        Assert.Equal($"w{taken}", (await Prompts.FindAsync(queued.RunId))!.WorkerId);
    }

    [Fact]
    public async Task LostAttempts_ComeBackInOrder()
    {
        var state = await InsertAsync(Samples.Submission("p"));
        for (var attempt = 1; attempt < 3; attempt++)
        {
            state = PromptStateMachine.Lose(state, attempt, $"reason {attempt}", Samples.Start)!;
            await Prompts.UpdateAsync(state);
        }

        Assert.Equal(state.Lost, (await Prompts.FindAsync(state.RunId))!.Lost);
    }

    [Fact]
    public async Task Interrupted_IsKept_AndLostWorkersAreStreamed()
    {
        var running = PromptStateMachine.Begin(await InsertAsync(Samples.Submission("p")), 1, "w1", Samples.Start)!;
        await Prompts.UpdateAsync(running);
        var interrupted = PromptStateMachine.Interrupt(running)!;
        await Prompts.UpdateAsync(interrupted);
        Assert.True((await Prompts.FindAsync(running.RunId))!.Interrupted);

        var lost = PromptStateMachine.Begin(await InsertAsync(Samples.Submission("lost")), 1, "w7", Samples.Start)!;
        await Prompts.UpdateAsync(lost);
        lost = PromptStateMachine.Lose(lost, 1, "gone", Samples.Start.AddSeconds(5))!;
        await Prompts.UpdateAsync(lost);
        // Nobody had begun this one.
        await Prompts.UpdateAsync(PromptStateMachine.Lose(lost, 2, "gone", Samples.Start.AddSeconds(9))!);

        var runs = new Dictionary<Guid, StoredRun>();
        await foreach (var run in Queue.UnfinishedAsync(CancellationToken.None)) runs.Add(run.RunId, run);
        Assert.Equal(["w7"], runs[lost.RunId].Avoids);
        Assert.Equal(Samples.Start.AddSeconds(9).ToUnixTimeMilliseconds(), runs[lost.RunId].CameBackAt);
        Assert.Empty(runs[running.RunId].Avoids);
    }

    [Fact]
    public async Task Writes_ManyAtOnceWithOneStale_OnlyTheStaleOneFails()
    {
        var stale = await InsertAsync(Samples.Submission("stale"));
        await Prompts.UpdateAsync(PromptStateMachine.Begin(stale, 1, "w1", Samples.Start)!);
        var states = Enumerable.Range(0, 200).Select(i => PromptStateMachine.Submit(Guid.NewGuid(), Samples.Submission($"p{i}", i))).ToArray();

        var writes = states.Select(Prompts.InsertAsync)
            .Append(Prompts.UpdateAsync(PromptStateMachine.Begin(stale, 1, "w2", Samples.Start)!))
            .ToArray();
        await Assert.ThrowsAsync<StaleWriteException>(() => Task.WhenAll(writes));

        Assert.Equal(200, writes.Count(w => w.IsCompletedSuccessfully));
        foreach (var state in states) Assert.NotNull(await Prompts.FindAsync(state.RunId));
    }

    [Fact]
    public async Task Runs_ManyAtOnceWithOneStale_KeepEveryFieldOfTheirOwnAndOnlyTheStaleOneFails()
    {
        const int count = 50;
        var queued = Enumerable.Range(0, count).Select(i => PromptStateMachine.Submit(Guid.NewGuid(), Samples.Submission($"p{i}", i))).ToArray();
        await Task.WhenAll(queued.Select(Prompts.InsertAsync));
        var running = queued.Select((state, i) => PromptStateMachine.Begin(state, 1, $"w{i}", Samples.Start.AddSeconds(i))!).ToArray();
        await Task.WhenAll(running.Select(Prompts.UpdateAsync));
        await Prompts.UpdateAsync(PromptStateMachine.Lose(running[7], 1, "gone", Samples.Start)!);

        var ends = running.Select((state, i) =>
            Prompts.EndAsync(PromptStateMachine.Complete(state, 1, RunOutcome.Success, Samples.Start.AddSeconds(100 + i))!, End())).ToArray();
        await Assert.ThrowsAsync<StaleWriteException>(() => Task.WhenAll(ends));

        Assert.Equal(count - 1, ends.Count(end => end.IsCompletedSuccessfully));
        for (var i = 0; i < count; i++)
        {
            var found = (await Prompts.FindAsync(queued[i].RunId))!;
            var expected = i == 7
                ? (PromptStatus.Queued, 2, null, null, null, null)
                : (PromptStatus.Ended, 1, $"w{i}", (DateTimeOffset?)Samples.Start.AddSeconds(i), (DateTimeOffset?)Samples.Start.AddSeconds(100 + i), (RunOutcome?)RunOutcome.Success);
            Assert.Equal(expected, (found.Status, found.Attempt, found.WorkerId, found.StartedAt, found.EndedAt, found.Outcome));
        }
        Assert.Equal(count - 1, (await History.ListAsync("default", HistorySlice.Of(new HistoryWindow(null)), 100)).Length);
    }

    [Fact]
    public async Task End_KeepsOutputsAndMessages()
    {
        var failure = new ExecutionFailure
        {
            NodeId = "1", NodeType = "KSampler", Executed = ["2"], Message = "out of range\n", Type = "ValueError",
            Traceback = ["line 1", "line 2"], CurrentInputs = """{"seed":[1]}""", CurrentOutputs = ["1", "2"],
        };
        ImmutableArray<RunEvent> messages =
            [new ExecutionStart(5), new ExecutionCached(["1", "2"], 6), new ExecutionError(failure, 7), new ExecutionInterrupted("1", "K", ["2"], 8), new ExecutionSuccess(9)];
        var outputs = ImmutableArray.Create(Samples.Ui("9"), Samples.Ui("10") with { Meta = new NodeIdentity("10", "d", "p", "r") });

        await RunAsync(Samples.Submission("p", 3), new PromptEnd(RunOutcome.Error, false, outputs, messages));

        var entry = (await History.FindAsync("default", "p"))!;
        Assert.Equal((RunOutcome.Error, false, 3d), (entry.Outcome, entry.Completed, entry.Submission.Number));
        Assert.Equal(outputs, entry.Outputs);
        Assert.Equal(messages[..1], entry.Messages[..1]);
        Assert.Equal(Samples.Names(messages), Samples.Names(entry.Messages));
        var stored = ((ExecutionError)entry.Messages[2]).Failure;
        Assert.Equal(failure.Traceback, stored.Traceback);
        Assert.Equal((failure.Message, failure.Type, failure.CurrentInputs), (stored.Message, stored.Type, stored.CurrentInputs));
        Assert.Equal(["2"], ((ExecutionInterrupted)entry.Messages[3]).Executed);
    }

    [Fact]
    public async Task History_IsInOrderOfCompletion()
    {
        var states = new List<PromptState>();
        for (var i = 0; i < 30; i++) states.Add(await InsertAsync(Samples.Submission($"p{i}", i)));
        foreach (var state in Enumerable.Reverse(states)) await EndAsync(state, End());

        Assert.Equal(Enumerable.Range(0, 30).Reverse().Select(i => $"p{i}"), await IdsAsync(new HistoryWindow(null)));
    }

    /// <summary>Windows as recorded from ComfyUI 0.19.3 (conformance scenarios history/offset_semantics, history/max_items_takes_newest).</summary>
    [Theory]
    [InlineData(2, 0, "0 1")]
    [InlineData(2, 1, "1 2")]
    [InlineData(null, 3, "3 4")]
    [InlineData(null, 10, "")]
    [InlineData(2, -1, "3 4")]
    [InlineData(2, -7, "3 4")]
    [InlineData(null, -3, "0 1 2 3 4")]
    [InlineData(0, 0, "0")]
    [InlineData(1, -1, "4")]
    [InlineData(5, -1, "0 1 2 3 4")]
    [InlineData(9, -1, "0 1 2 3 4")]
    public async Task Rule18_5_History_Window_AsRecorded(int? maxItems, int offset, string expected)
    {
        for (var i = 0; i < 5; i++) await RunAsync(Samples.Submission($"{i}"), End());
        await RunAsync(Samples.Submission("x", tenant: "other"), End());

        Assert.Equal(expected, string.Join(' ', await IdsAsync(new HistoryWindow(maxItems, offset))));
    }

    [Fact]
    public async Task Rule18_5_History_Depth_HidesTheOldestFromListings()
    {
        for (var i = 0; i < 5; i++) await RunAsync(Samples.Submission($"{i}"), End());

        var listed = await History.ListAsync("default", HistorySlice.Of(new HistoryWindow(2, 0)), depth: 3);

        Assert.Equal(["2", "3"], listed.Select(e => e.Submission.PromptId));
        Assert.NotNull(await History.FindAsync("default", "0"));
    }

    [Fact]
    public async Task History_RepeatedPromptId_FindsTheNewest()
    {
        await RunAsync(Samples.Submission("same", 1), End());
        await RunAsync(Samples.Submission("same", 2), End());

        Assert.Equal(2, (await History.FindAsync("default", "same"))!.Submission.Number);
        Assert.Null(await History.FindAsync("other", "same"));
    }

    [Fact]
    public async Task History_Delete_ForgetsOnlyThoseOfTheTenant()
    {
        for (var i = 0; i < 5; i++) await RunAsync(Samples.Submission($"{i}"), End());
        var other = await RunAsync(Samples.Submission("1", tenant: "other"), End());
        var waiting = await InsertAsync(Samples.Submission("2"));

        await History.DeleteAsync("default", ["1", "2", "unknown"]);

        Assert.Equal(["0", "3", "4"], await IdsAsync(new HistoryWindow(null)));
        Assert.NotNull(await Prompts.FindAsync(other.RunId));
        Assert.NotNull(await Prompts.FindAsync(waiting.RunId));
    }

    [Fact]
    public async Task History_Clear_LeavesUnfinishedPrompts()
    {
        var ended = await RunAsync(Samples.Submission("0"), End());
        var waiting = await InsertAsync(Samples.Submission("1"));

        await History.ClearAsync("default");

        Assert.Empty(await IdsAsync(new HistoryWindow(null)));
        Assert.Null(await Prompts.FindAsync(ended.RunId));
        Assert.NotNull(await Prompts.FindAsync(waiting.RunId));
    }

    [Fact]
    public async Task Unfinished_StreamsWhatIsNotOver()
    {
        const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var waiting = await InsertAsync(Samples.Submission("w", 2, classes: ["B", "A"]) with { TraceParent = Trace });
        var begun = PromptStateMachine.Begin(await InsertAsync(Samples.Submission("r", 1)), 1, "w7", Samples.Start)!;
        await Prompts.UpdateAsync(begun);
        await RunAsync(Samples.Submission("done"), End());

        var runs = new Dictionary<Guid, StoredRun>();
        await foreach (var run in Queue.UnfinishedAsync(CancellationToken.None)) runs.Add(run.RunId, run);

        Assert.Equal(2, runs.Count);
        Assert.Equal(new StoredRun(waiting.RunId, "default", "w", 2, 1, "A\nB", Samples.Start.ToUnixTimeMilliseconds(), false, null, Trace), runs[waiting.RunId]);
        Assert.Equal(Trace, (await Prompts.FindAsync(waiting.RunId))!.Submission.TraceParent);
        Assert.Equal((true, "w7"), (runs[begun.RunId].Running, runs[begun.RunId].WorkerId));
    }

    [Fact]
    public async Task DeleteWaiting_SparesWhatHasBegun()
    {
        var waiting = await InsertAsync(Samples.Submission("w"));
        var begun = PromptStateMachine.Begin(await InsertAsync(Samples.Submission("r")), 1, "w1", Samples.Start)!;
        await Prompts.UpdateAsync(begun);

        var leased = await InsertAsync(Samples.Submission("l"));
        var other = await InsertAsync(Samples.Submission("o", tenant: "b"));

        var gone = await Queue.DeleteWaitingAsync("default", [leased.RunId]);

        Assert.Equal([waiting.RunId], gone);
        Assert.Null(await Prompts.FindAsync(waiting.RunId));
        Assert.Empty(await History.SubmissionsAsync("default", [waiting.RunId]));
        foreach (var kept in new[] { begun, leased, other }) Assert.NotNull(await Prompts.FindAsync(kept.RunId));
    }

    [Fact]
    public async Task PausedPools_AreKeptUntilResumed()
    {
        await Queue.PausePoolAsync("", Samples.Start);
        await Queue.PausePoolAsync("night", Samples.Start);
        await Queue.PausePoolAsync("night", Samples.Start.AddHours(1));
        await Queue.ResumePoolAsync("");
        await Queue.ResumePoolAsync("unknown");

        Assert.Equal(("night", Samples.Start.AddHours(1)), Assert.Single(await Queue.PausedPoolsAsync()));
    }

    [Fact]
    public async Task Move_ChangesRankAndNeeds_AndIsFenced()
    {
        var state = await InsertAsync(Samples.Submission("p1", number: 4));
        var moved = PromptStateMachine.Move(state, new PromptMove { Number = -2, Pool = "night", Labels = ["big"], Priority = PriorityClass.High })!;

        await Prompts.MoveAsync(moved);

        var found = (await Prompts.FindAsync(state.RunId))!;
        Assert.Equal((-2.0, "night", PriorityClass.High, 1L), (found.Submission.Number, found.Submission.Needs.Pool, found.Submission.Needs.Priority, found.Revision));
        Assert.Equal(["big"], found.Submission.Needs.Labels);
        await Assert.ThrowsAsync<StaleWriteException>(() => Prompts.MoveAsync(moved));
    }

    [Fact]
    public async Task Numbers_Reserved_AreKeptPerTenant()
    {
        Assert.Equal(0, await Queue.ReservedNumbersAsync("a"));
        await Queue.ReserveNumbersAsync("a", 100);
        await Queue.ReserveNumbersAsync("a", 200);
        await Queue.ReserveNumbersAsync("b", 50);

        Assert.Equal((200, 50), (await Queue.ReservedNumbersAsync("a"), await Queue.ReservedNumbersAsync("b")));
    }

    [Fact]
    public async Task Catalog_Manifests_ComeBackInOrderOfMerging()
    {
        var store = Get<ICatalogStore>();
        await store.SaveAsync(new StoredManifest("h1", [Samples.Definition("A")]), 1);
        await store.SaveAsync(new StoredManifest("h2", [Samples.Definition("B") with { More = "{\"x\":1}" }]), 2);
        await store.SaveAsync(new StoredManifest("h1", [Samples.Definition("C")]), 3);

        var loaded = await store.LoadAsync();

        Assert.Equal(3, loaded.Version);
        Assert.Equal(["h2", "h1"], loaded.Manifests.Select(m => m.Hash));
        var kept = loaded.Manifests[0].Definitions[0];
        Assert.Equal(DefinitionCodec.Fingerprint(Samples.Definition("B") with { More = "{\"x\":1}" }), DefinitionCodec.Fingerprint(kept));
        Assert.Equal(["width"], kept.ValidatedInputs!.Value);
    }

    private static PromptEnd End() => new(RunOutcome.Success, true, [], [new ExecutionStart(1), new ExecutionSuccess(2)]);

    private T Get<T>()
        where T : notnull => _services!.GetRequiredService<T>();

    private async Task<ImmutableArray<string>> IdsAsync(HistoryWindow window) =>
        [.. (await History.ListAsync("default", HistorySlice.Of(window), 10_000)).Select(e => e.Submission.PromptId)];

    private async Task<PromptState> InsertAsync(PromptSubmission submission)
    {
        var state = PromptStateMachine.Submit(Guid.NewGuid(), submission);
        await Prompts.InsertAsync(state);
        return state;
    }

    private async Task<PromptState> RunAsync(PromptSubmission submission, PromptEnd end) => await EndAsync(await InsertAsync(submission), end);

    private async Task<PromptState> EndAsync(PromptState state, PromptEnd end)
    {
        var running = PromptStateMachine.Begin(state, 1, "w1", Samples.Start)!;
        await Prompts.UpdateAsync(running);
        var ended = PromptStateMachine.Complete(running, 1, end.Outcome, Samples.Start)!;
        await Prompts.EndAsync(ended, end);
        return ended;
    }
}
