using Farm.Contracts.Prompts;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Prompts;

/// <summary>A submission that a client repeats because it heard no answer.</summary>
public sealed class RepeatedSubmissionTests
{
    private static readonly PromptSubmission First = Samples.Submission("p1", 7) with { Fingerprint = "body" };

    [Fact]
    public async Task Submit_Repeated_IsAnsweredAsBefore_AlsoAfterAKillAndAfterTheEnd()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = Guid.NewGuid();
        await farm.Prompt(run).SubmitAsync(First);

        Assert.Equal(7, (await farm.Prompt(run).SubmitAsync(First with { Number = 8 })).Number);
        await farm.KillAsync();
        await farm.StartAgainAsync();
        Assert.Equal(7, (await farm.Prompt(run).SubmitAsync(First with { Number = 9 })).Number);
        Assert.Equal(1, await farm.Scheduler.CountAsync("default"));
        await farm.RunNextAsync();
        Assert.Equal(7, (await farm.Prompt(run).SubmitAsync(First with { Number = 10 })).Number);

        Assert.Equal(0, await farm.Scheduler.CountAsync("default"));
        Assert.Single(await farm.History().ListAsync(new HistoryWindow(null)));
    }

    [Fact]
    public async Task Submit_WithAnotherBody_IsRefused_AlsoAfterAKill()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = Guid.NewGuid();
        await farm.Prompt(run).SubmitAsync(First);

        await Assert.ThrowsAsync<PromptConflictException>(() => farm.Prompt(run).SubmitAsync(First with { Fingerprint = "other" }));
        await farm.KillAsync();
        await farm.StartAgainAsync();
        await Assert.ThrowsAsync<PromptConflictException>(() => farm.Prompt(run).SubmitAsync(First with { Fingerprint = "other" }));
    }

    [Fact]
    public async Task Repeat_OfWhatWasTaken_IsAnsweredAsThen_AlsoAfterAKill_AndQueuesNothingElse()
    {
        await using var farm = await FarmCluster.StartAsync();
        var (run, never) = (Guid.NewGuid(), Guid.NewGuid());
        await farm.Prompt(run).SubmitAsync(First);

        await farm.KillAsync();
        await farm.StartAgainAsync();

        Assert.Equal(("p1", 7), await farm.Prompt(run).RepeatAsync("body") is { } receipt ? (receipt.PromptId, receipt.Number) : default);
        await Assert.ThrowsAsync<PromptConflictException>(() => farm.Prompt(run).RepeatAsync("other"));
        Assert.Null(await farm.Prompt(never).RepeatAsync("body"));
        Assert.Equal(1, await farm.Scheduler.CountAsync("default"));
        await farm.Prompt(never).SubmitAsync(First with { PromptId = "p2" });
        Assert.Equal(2, await farm.Scheduler.CountAsync("default"));
    }

    [Fact]
    public async Task Submit_AfterItWasDeleted_IsANewPrompt()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = Guid.NewGuid();
        await farm.Prompt(run).SubmitAsync(First);
        Assert.True(await farm.Prompt(run).DeleteAsync());

        Assert.Equal(8, (await farm.Prompt(run).SubmitAsync(First with { Number = 8, Fingerprint = "other" })).Number);

        Assert.Equal(8, (await farm.RunNextAsync()).Submission.Number);
    }
}
