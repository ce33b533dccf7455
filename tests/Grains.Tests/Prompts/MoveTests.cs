using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Prompts;

/// <summary>Another place for a prompt that waits.</summary>
public sealed class MoveTests
{
    [Fact]
    public async Task Front_IsHandedOutFirst_AlsoAfterARestart()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("p1", number: -5));
        var last = await farm.SubmitAsync(Samples.Submission("p2", number: 7));

        var number = await farm.Control.NumberAtAsync("default", QueueEnd.Front);
        Assert.Equal(-6, (await farm.Prompt(last).MoveAsync(new PromptMove { Number = number }))!.Number);
        await farm.KillAsync();
        await farm.StartAgainAsync();

        Assert.Equal(last, (await farm.ClaimAsync())!.RunId);
    }

    [Fact]
    public async Task Back_IsHandedOutLast_AlsoBehindThoseThatComeLater()
    {
        await using var farm = await FarmCluster.StartAsync();
        var first = await farm.SubmitAsync(Samples.Submission("p1", number: await farm.Scheduler.DrawNumberAsync("default")));
        await farm.SubmitAsync(Samples.Submission("p2", number: 40));

        await farm.Prompt(first).MoveAsync(new PromptMove { Number = await farm.Control.NumberAtAsync("default", QueueEnd.Back) });

        Assert.Equal(["p2", "p1"], await OrderAsync(farm, 2));
    }

    [Fact]
    public async Task Number_PastWhatADoubleCanCount_StillMoves()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("p1", number: -1e300));
        await farm.SubmitAsync(Samples.Submission("p2", number: 1e300));

        Assert.InRange(await farm.Control.NumberAtAsync("default", QueueEnd.Front), double.MinValue, Math.BitDecrement(-1e300));
        Assert.InRange(await farm.Control.NumberAtAsync("default", QueueEnd.Back), Math.BitIncrement(1e300), double.MaxValue);
    }

    [Fact]
    public async Task Priority_ChangesItsClass()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("p1", number: 0));
        var second = await farm.SubmitAsync(Samples.Submission("p2", number: 1));

        Assert.Equal(PriorityClass.High, (await farm.Prompt(second).MoveAsync(new PromptMove { Priority = PriorityClass.High }))!.Needs.Priority);

        Assert.Equal(["p2", "p1"], await OrderAsync(farm, 2));
    }

    [Fact]
    public async Task Pool_OtherWorkersTakeIt_AndAWaitingOneAtOnce()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p1") with { Needs = new PromptNeeds { Pool = "night", Labels = ["big"], Priority = PriorityClass.Low } });
        Assert.Null(await farm.ClaimAsync());
        var waiting = farm.Scheduler.ClaimAsync(FarmCluster.Claim("w1", TimeSpan.FromSeconds(20)));
        await farm.WaitForIdleWorkersAsync(1);

        var place = await farm.Prompt(run).MoveAsync(new PromptMove { Pool = "", Labels = [] });

        Assert.Equal(("", 0, PriorityClass.Low), (place!.Needs.Pool, place.Needs.Labels.Length, place.Needs.Priority));
        Assert.Equal(run, (await waiting)!.RunId);
    }

    [Fact]
    public async Task Running_Ended_OrUnknown_StaysWhereItIs()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        var lease = await farm.ClaimAsync();
        Assert.Null(await farm.Prompt(run).MoveAsync(new PromptMove { Pool = "night" }));
        var job = await farm.Prompt(run).BeginAsync(lease!.Attempt, "w1");
        Assert.Null(await farm.Prompt(run).MoveAsync(new PromptMove { Number = 1 }));
        Assert.True(await farm.Prompt(run).CompleteAsync(Samples.Success(job!.Attempt)));

        Assert.Null(await farm.Prompt(run).MoveAsync(new PromptMove { Number = 1 }));
        Assert.Null(await farm.Prompt(Guid.NewGuid()).MoveAsync(new PromptMove { Number = 1 }));
        Assert.Equal(0, (await farm.History().GetAsync("p1"))!.Submission.Number);
    }

    private static async Task<List<string>> OrderAsync(FarmCluster farm, int count)
    {
        var order = new List<string>();
        for (var i = 0; i < count; i++) order.Add((await farm.RunNextAsync()).Submission.PromptId);
        return order;
    }
}
