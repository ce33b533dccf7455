using Farm.Contracts.Catalog;
using Farm.Contracts.Prompts;
using Farm.Contracts.Workers;
using Farm.Nodes;
using Farm.Worker.Tests.Execution;
using Xunit;

namespace Farm.Worker.Tests.Worker;

/// <summary>The worker against the farm's own grains.</summary>
public sealed class WorkerLoopTests
{
    private const string Waiting = "1:Sleep(value=1;gate=\"g\")\n2:T(v=@1)";

    [Fact]
    public async Task SubmittedPrompt_Runs_AndStandsInHistory()
    {
        await using var silo = await WorkerSilo.StartAsync();
        await silo.SubmitAsync("a", "1:StubInt(value=5)\n2:T(v=@1)", "2");
        var entry = await silo.EndAsync("a");
        Assert.Equal((RunOutcome.Success, true), (entry.Outcome, entry.Completed));
        Assert.Equal("""{"text":["5"]}""", Assert.Single(entry.Outputs).Output);
    }

    [Fact]
    public async Task ManyPrompts_RunOneAfterTheOther_InOrder()
    {
        await using var silo = await WorkerSilo.StartAsync();
        for (var i = 0; i < 20; i++)
            await silo.SubmitAsync($"p{i:00}", $"2:T(v={i})", "2");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal($$"""{"text":["{{i}}"]}""", (await silo.NextAsync<NodeExecuted>()).Output);
            await silo.NextAsync<ExecutionSuccess>();
        }
    }

    [Fact]
    public async Task Interrupt_ReachesARunThatReportsNothing()
    {
        await using var silo = await WorkerSilo.StartAsync();
        var prompt = await silo.SubmitAsync("a", Waiting, "2");
        await silo.NextAsync<NodeExecuting>();
        Assert.True(await prompt.InterruptAsync());
        Assert.Equal(RunOutcome.Interrupted, (await silo.EndAsync("a")).Outcome);
    }

    [Fact]
    public async Task UnreadablePrompt_IsAnError_AndTheWorkerGoesOn()
    {
        await using var silo = await WorkerSilo.StartAsync();
        await silo.SubmitAsync("bad", """{"1": 5}""", "1");
        Assert.Equal(RunOutcome.Error, (await silo.EndAsync("bad")).Outcome);
        await silo.SubmitAsync("good", "2:T(v=1)", "2");
        Assert.Equal(RunOutcome.Success, (await silo.EndAsync("good")).Outcome);
    }

    // A message of more than the farm's limit would be refused again and again, and the worker would never come to the next prompt.
    [Theory]
    [InlineData("1:Show(ui=2000)", "1", "1")]
    [InlineData("1:Show(ui=600)\n2:Show(ui=600;after=@1)", "2", "2")]
    [InlineData("1:Show(text=2000)", "1", "1")]
    [InlineData("1:Show(image=2000)", "1", "1")]
    public async Task NodeThatShowsTooMuch_FailsByName_AndTheWorkerGoesOn(string prompt, string target, string failing)
    {
        await using var silo = await WorkerSilo.StartAsync(new() { ["Farm:Worker:Limits:MaxUiBytes"] = "1000" }, Show);

        await silo.SubmitAsync("large", prompt, target);

        var failure = (await silo.NextAsync<ExecutionError>()).Failure;
        Assert.Equal((failing, "Show", "RuntimeError"), (failure.NodeId, failure.NodeType, failure.Type));
        Assert.Contains("more than 1000 (Farm:Worker:Limits:MaxUiBytes)", failure.Message, StringComparison.Ordinal);
        Assert.Equal(RunOutcome.Error, (await silo.EndAsync("large")).Outcome);
        await silo.SubmitAsync("small", "1:Show(ui=600)", "1");
        Assert.Equal(RunOutcome.Success, (await silo.EndAsync("small")).Outcome);
    }

    [Fact]
    public async Task EventsOfMoreThanOneReport_ComeInOrder()
    {
        const int Texts = 5, Length = 3 << 20;
        var talks = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Talks").In("test").OutputNode().OptionalInputs().Input("v", "*"),
            call =>
            {
                for (var i = 0; i < Texts; i++)
                    call.Context.SendText(new string((char)('a' + i), Length));
                return NodeResult.Of();
            }));
        await using var silo = await WorkerSilo.StartAsync(nodes: talks);

        await silo.SubmitAsync("a", "1:Talks(v=1)", "1");

        for (var i = 0; i < Texts; i++)
        {
            var text = (await silo.NextAsync<ProgressText>()).Text;
            Assert.Equal(((char)('a' + i), Length), (text[0], text.Length));
        }
        Assert.Equal(RunOutcome.Success, (await silo.EndAsync("a")).Outcome);
    }

    private static NodeType Show => NodeType.Of(() => new ScriptNode(
        n => n.V1().Named("Show").In("test").OutputNode().OptionalInputs().Input("ui", "*").Input("text", "*").Input("image", "*").Input("after", "*").Output("*"),
        call =>
        {
            if (call.Has("text"))
                call.Context.SendText(new string('x', call.Get<int>("text")));
            if (call.Has("image"))
                call.Context.SendImage(new NodePreview("image/png", new byte[call.Get<int>("image")]));
            return NodeResult.WithUi(new UiOutput().AddText(new string('x', call.Get("ui", 0))), 1L);
        }));

    [Fact]
    public async Task LostAttempt_IsRunAgain_AndItsFilesAreGone()
    {
        var writes = NodeType.Of(() => new AsyncScriptNode(
            n => n.V1().Named("Writes").In("test").OutputNode().Input("v", "*"),
            async (call, cancel) =>
            {
                var file = await call.Context.Files.WriteNextAsync(NodeFolder.Output, "", "a", ".txt", (s, c) => s.WriteAsync(new byte[] { 1 }, c).AsTask(), cancel: cancel);
                call.Context.SendText(file.FileName);
                await call.Service<Gates>().WaitAsync("g", cancel);
                return NodeResult.WithUi(new UiOutput().AddText(file.FileName));
            }));
        await using var silo = await WorkerSilo.StartAsync(nodes: writes);
        var prompt = await silo.SubmitAsync("a", "1:Writes(v=1)", "1");
        var first = await silo.NextAsync<ProgressText>();
        await prompt.LoseAttemptAsync(1, "a test", givenBack: false);
        var second = await silo.NextAsync<ProgressText>();
        silo.Gates.Open("g");
        var entry = await silo.EndAsync("a");
        Assert.Equal(RunOutcome.Success, entry.Outcome);
        Assert.Equal(("a_00001_.txt", "a_00001_.txt"), (first.Text, second.Text));
    }

    [Fact]
    public async Task Rule13_14_Free_DropsResults_BeforeTheNextPrompt()
    {
        await using var silo = await WorkerSilo.StartAsync();
        await silo.SubmitAsync("a", "2:T(v=1)", "2");
        await silo.EndAsync("a");
        await silo.Grains.GetGrain<IWorkerGrain>("w1").FreeAsync(unloadModels: true, dropCaches: true);
        await silo.SubmitAsync("b", "2:T(v=1)", "2");
        Assert.Empty((await silo.NextAsync<ExecutionCached>()).Nodes);
    }

    [Fact]
    public async Task Worker_IsListed_WithItsClasses()
    {
        await using var silo = await WorkerSilo.StartAsync();
        await silo.SubmitAsync("a", "2:T(v=1)", "2");
        await silo.EndAsync("a");
        var catalog = silo.Grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key);
        var worker = Assert.Single(await catalog.WorkersAsync());
        Assert.Equal(("w1", "cpu"), (worker.WorkerId, Assert.Single(worker.Status.Devices).Type));
        Assert.Contains((await catalog.GetAsync(-1)).Definitions, d => d.ClassType == "Sleep");
    }

    [Fact]
    public async Task OtherName_IsNotAnsweredHere()
    {
        await using var silo = await WorkerSilo.StartAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => silo.Grains.GetGrain<IWorkerGrain>("other").FreeAsync(unloadModels: false, dropCaches: false));
    }
}
