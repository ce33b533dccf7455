using Farm.Contracts.Scheduling;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Scheduling;

/// <summary>How workers wait for work and get it.</summary>
public sealed class ClaimTests
{
    [Fact]
    public async Task Claim_WhileWaiting_ReturnsTheMomentAPromptIsQueued()
    {
        await using var farm = await FarmCluster.StartAsync();
        var claim = farm.Scheduler.ClaimAsync(FarmCluster.Claim("w1", TimeSpan.FromSeconds(20)));

        var run = await farm.SubmitAsync(Samples.Submission("p1"));

        Assert.Equal(new Lease(run, 1), await claim);
    }

    [Fact]
    public async Task Claim_PatienceEnds_AnswersNullAndTakesNothing()
    {
        await using var farm = await FarmCluster.StartAsync();
        var claim = farm.Scheduler.ClaimAsync(FarmCluster.Claim("w1", TimeSpan.FromSeconds(20)));
        await farm.WaitForIdleWorkersAsync(1);

        farm.Clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Null(await claim);
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        Assert.Equal(run, (await farm.ClaimAsync())!.RunId);
    }

    [Fact]
    public async Task Rule2_6_Claim_ManyPrompts_ComeByNumberThenByPromptIdAsText()
    {
        await using var farm = await FarmCluster.StartAsync();
        foreach (var (id, number) in new[] { ("b", 5d), ("a", 5d), ("B", 5d), ("front", -3d), ("ten", 10d), ("nine", 9.5) })
            await farm.SubmitAsync(Samples.Submission(id, number));

        var order = new List<string>();
        for (var i = 0; i < 6; i++) order.Add((await farm.BeginAsync()).Submission.PromptId);

        Assert.Equal(["front", "B", "a", "b", "nine", "ten"], order);
    }

    [Fact]
    public async Task Claim_WorkerLacksClasses_GetsTheFirstItCanRun()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("hard", 0, classes: ["EmptyImage", "KSampler"]));
        var easy = await farm.SubmitAsync(Samples.Submission("easy", 1));

        Assert.Equal(easy, (await farm.ClaimAsync())!.RunId);
        Assert.Null(await farm.ClaimAsync());
    }

    [Fact]
    public async Task Claim_WorkerWithTheClassesComesLater_GetsWhatOthersCouldNotRun()
    {
        await using var farm = await FarmCluster.StartAsync();
        var hard = await farm.SubmitAsync(Samples.Submission("hard", 0, classes: ["EmptyImage", "KSampler"]));
        await farm.Catalog.RegisterAsync(Samples.Manifest("w2", "manifest-2", "EmptyImage", "KSampler"));

        var lease = await farm.Scheduler.ClaimAsync(FarmCluster.Claim("w2", TimeSpan.Zero, "manifest-2"));

        Assert.Equal(hard, lease!.RunId);
    }

    [Fact]
    public async Task Claim_TwoTenants_TakeTurns()
    {
        await using var farm = await FarmCluster.StartAsync();
        for (var i = 0; i < 3; i++) await farm.SubmitAsync(Samples.Submission($"a{i}", i, "a"));
        for (var i = 0; i < 2; i++) await farm.SubmitAsync(Samples.Submission($"b{i}", i, "b"));

        var order = new List<string>();
        for (var i = 0; i < 5; i++) order.Add((await farm.BeginAsync()).Submission.PromptId);

        Assert.Equal(["a0", "b0", "a1", "b1", "a2"], order);
    }

    [Fact]
    public async Task Enqueue_Repeated_HandsOutOnce()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = Guid.NewGuid();
        var submission = Samples.Submission("p1");
        await farm.Prompt(run).SubmitAsync(submission);
        await farm.Prompt(run).SubmitAsync(submission);

        Assert.NotNull(await farm.ClaimAsync());
        Assert.Null(await farm.ClaimAsync());
        Assert.Equal(1, await farm.Scheduler.CountAsync("default"));
    }
}
