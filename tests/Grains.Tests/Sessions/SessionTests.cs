using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Contracts.Sessions;
using Farm.Grains.Sessions;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Sessions;

/// <summary>What a client's session keeps and to whom it goes.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task Attach_WithANumber_GetsWhatWasMissedInOrder()
    {
        await using var farm = await FarmCluster.StartAsync();
        var gateway = await farm.ListenAsync();
        await farm.AttachAsync(gateway, "c1", "s1");
        var session = farm.Grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf("default", "c1"));
        await session.PublishAsync("p1", [new ExecutionStart(1), new NodeExecuting("3", "d3")]);
        var seen = gateway.Delivered[0].Sequence;
        await session.DetachAsync("s1", seen);
        await session.PublishAsync("p1", [new NodeExecuted("3", "d3", null), new ExecutionSuccess(2)]);

        var state = await farm.AttachAsync(gateway, "c1", "s2", seen);

        Assert.Equal("d3", state.CurrentNode);
        Assert.Equal(["executing:3", "executed:3", "execution_success"], Samples.Names(state.Missed.Select(m => m.Event)));
        Assert.Equal([seen + 1, seen + 2, seen + 3], state.Missed.Select(m => m.Sequence));
        Assert.Equal(2, gateway.Delivered.Length);
    }

    [Fact]
    public async Task Attach_WithoutANumberAfterALoss_GetsWhatWasNotSent()
    {
        await using var farm = await FarmCluster.StartAsync();
        var (first, second) = (await farm.ListenAsync(), await farm.ListenAsync());
        var session = farm.Grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf("default", "c1"));
        Assert.Empty((await farm.AttachAsync(first, "c1", "s1")).Missed);
        await session.PublishAsync("p1", [new ExecutionStart(1), new NodeExecuting("3", "d3")]);
        // The socket was sent the first event, and ended with the second still waiting.
        await session.DetachAsync("s1", first.Delivered[0].Sequence);
        await session.PublishAsync("p1", [new NodeExecuted("3", "d3", null)]);

        var back = await farm.AttachAsync(second, "c1", "s2");
        second.Sent = back.Missed[^1].Sequence;
        await session.PublishAsync("p1", [new ExecutionSuccess(2)]);

        Assert.Equal(["executing:3", "executed:3"], Samples.Names(back.Missed.Select(m => m.Event)));
        Assert.Equal(["execution_success"], Samples.Names(second.Delivered.Select(m => m.Event)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Attach_AfterTheLogsSiloDiedWhileThereWasNoSocket_GetsHowPromptsEndedFromHistory(bool sameSocket)
    {
        await using var farm = await FarmCluster.StartAsync();
        var gateway = await farm.ListenAsync();
        await farm.AttachAsync(gateway, "c1", "s1");
        await farm.SubmitAsync(Samples.Submission("long ago", clientId: "c1"));
        await farm.RunNextAsync();
        farm.Clock.Advance(TimeSpan.FromMinutes(2));
        var told = gateway.Delivered[^1].Sequence;
        await farm.Grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf("default", "c1")).DetachAsync("s1", told);
        foreach (var id in (string[])["p1", "p2"])
        {
            await farm.SubmitAsync(Samples.Submission(id, clientId: "c1"));
            await farm.RunNextAsync();
        }
        await farm.KillAsync();
        await farm.StartAgainAsync();
        var next = await farm.ListenAsync();

        var back = await farm.AttachAsync(next, "c1", "s2", sameSocket ? told : null);

        Assert.Equal(["p1", "p1", "p2", "p2"], back.Missed.Select(m => m.PromptId));
        Assert.Equal(["execution_success", "executing:None", "execution_success", "executing:None"], Samples.Names(back.Missed.Select(m => m.Event)));
        Assert.All(back.Missed, missed => Assert.True(missed.Sequence > told));
        Assert.Empty((await farm.AttachAsync(next, "c1", "s2", back.Missed[^1].Sequence)).Missed);
    }

    [Fact]
    public async Task Attach_LongAfterALoss_GetsTheCurrentNodeOnly()
    {
        await using var farm = await FarmCluster.StartAsync();
        var gateway = await farm.ListenAsync();
        await farm.AttachAsync(gateway, "c1", "s1");
        var session = farm.Grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf("default", "c1"));
        await session.DetachAsync("s1", 0);
        await session.PublishAsync("p1", [new NodeExecuting("3", "d3")]);

        farm.Clock.Advance(new SessionOptions().ResumeWindow + TimeSpan.FromSeconds(1));
        var back = await farm.AttachAsync(gateway, "c1", "s2");

        Assert.Equal("d3", back.CurrentNode);
        Assert.Empty(back.Missed);
    }

    [Fact]
    public async Task Attach_AfterTheGatewayDied_GetsWhatItIsNotKnownToHaveSent()
    {
        await using var farm = await FarmCluster.StartAsync();
        var (dead, alive) = (await farm.ListenAsync(), await farm.ListenAsync());
        await farm.AttachAsync(dead, "c1", "s1");
        var session = farm.Grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf("default", "c1"));
        await session.PublishAsync("p1", [new ExecutionStart(1)]);
        dead.Sent = dead.Delivered[0].Sequence;
        await session.PublishAsync("p1", [new NodeExecuting("1", "1")]);
        await session.PublishAsync("p1", [new NodeExecuting("2", "2")]);

        var back = await farm.AttachAsync(alive, "c1", "s2");

        Assert.Equal(["executing:1", "executing:2"], Samples.Names(back.Missed.Select(m => m.Event)));
    }

    [Fact]
    public async Task Attach_SecondSocket_TakesOverAndTheFirstIsLetGo()
    {
        await using var farm = await FarmCluster.StartAsync();
        var first = await farm.ListenAsync();
        var second = await farm.ListenAsync();
        await farm.AttachAsync(first, "c1", "s1");

        await farm.AttachAsync(second, "c1", "s2");
        var session = farm.Grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf("default", "c1"));
        await session.DetachAsync("s1", 0);
        await session.PublishAsync("p1", [new ExecutionStart(1)]);

        Assert.Equal(["s1"], first.Released);
        Assert.Empty(first.Delivered);
        Assert.Single(second.Delivered);
    }

    [Fact]
    public async Task CurrentNode_AfterTheEnd_IsNone()
    {
        await using var farm = await FarmCluster.StartAsync();
        var gateway = await farm.ListenAsync();
        await farm.AttachAsync(gateway, "c1", "s1");
        await farm.SubmitAsync(Samples.Submission("p1", clientId: "c1"));
        var job = await farm.BeginAsync();
        await farm.Prompt(job.RunId).ReportAsync(1, [new NodeExecuting("1", "1")]);
        Assert.Equal("1", (await farm.AttachAsync(gateway, "c1", "s1")).CurrentNode);

        await farm.Prompt(job.RunId).CompleteAsync(Samples.Success(1));

        Assert.Null((await farm.AttachAsync(gateway, "c1", "s1")).CurrentNode);
    }

    [Fact]
    public async Task Gateway_Silent_IsDroppedAndTheRunGoesOn()
    {
        await using var farm = await FarmCluster.StartAsync();
        var gateway = await farm.ListenAsync();
        await farm.AttachAsync(gateway, "c1", "s1");
        gateway.Hold();
        var publish = farm.Grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf("default", "c1"))
            .PublishAsync("p1", [new ExecutionStart(1)]);
        await gateway.Held;

        // The session may set its timer a little after the delivery came in.
        while (!publish.IsCompleted)
        {
            farm.Clock.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }
        await publish;
        gateway.LetGo();
        await farm.Grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf("default", "c1")).PublishAsync("p1", [new ExecutionSuccess(2)]);

        Assert.DoesNotContain(gateway.Events, e => e is ExecutionSuccess);
    }

    [Fact]
    public async Task Subscription_NotRepeated_Ends()
    {
        await using var farm = await FarmCluster.StartAsync();
        var gateway = await farm.ListenAsync();
        farm.Clock.Advance(ITenantChannelGrain.SubscriptionLife);

        await farm.Grains.GetGrain<ITenantChannelGrain>("default").BroadcastAsync([new ClientEvent(0, null, new QueueStatus(1))]);

        Assert.Empty(gateway.Events);
    }

    /// <summary>What every socket is told of a run without a client, as recorded from ComfyUI 0.19.3 (ws/run_without_client_id).</summary>
    [Fact]
    public async Task Rule16_1_Run_WithoutClient_TellsEverybodyTheRecordedFew()
    {
        await using var farm = await FarmCluster.StartAsync();
        var gateway = await farm.ListenAsync();
        await farm.SubmitAsync(Samples.Submission("p1"));
        var job = await farm.BeginAsync();

        await Prompts.PromptRunTests.ReportRunAsync(farm, job);

        Assert.Equal(
            ["status:1", "status:1", "progress_state:1=running", "progress_state:1=finished", "progress_state:1=finished,2=running",
             "progress_state:1=finished,2=finished", "status:0"],
            Samples.Names(gateway.Events));
    }

    [Fact]
    public void Log_Full_DropsTheOldestAndKeepsNoPreviews()
    {
        var log = new SessionLog(Samples.Start, maxEvents: 3, maxImageBytes: 10);
        var preview = new ImagePreview(NodeIdentity.Of("1"), "image/jpeg", new byte[8], IsResult: false);
        var result = preview with { IsResult = true };

        var first = log.Append("p", [new ExecutionStart(0), new ExecutionStart(1), preview, new ExecutionStart(2), new ExecutionStart(3)]);
        Assert.Equal([1L, 2L, 3L], Starts(log));
        log.Append("p", [result, new ExecutionStart(4), result]);

        Assert.Equal(5, first.Length);
        Assert.Equal([new ExecutionStart(4), result], log.After(0).Select(e => e.Event));
    }

    private static ImmutableArray<long> Starts(SessionLog log) => [.. log.After(0).Select(e => ((ExecutionStart)e.Event).Timestamp)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Attach_AfterTheSessionsSiloDiedDuringARun_GetsWhatCameSince(bool sameSocket)
    {
        await using var farm = await FarmCluster.StartAsync();
        var known = farm.Clock.GetUtcNow().AddSeconds(30).ToUnixTimeMilliseconds();
        var session = farm.Grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf("default", "c1"));
        await session.PublishAsync("p1", [new NodeExecuted("3", "d3", null), new ExecutionSuccess(2)]);
        var gateway = await farm.ListenAsync();

        // The clock of the silo that died was ahead of this one's: the socket knows a higher number than this log would start with.
        var state = await farm.AttachAsync(gateway, "c1", "s1", sameSocket ? known : null);

        Assert.Equal(["executed:3", "execution_success"], Samples.Names(state.Missed.Select(m => m.Event)));
        if (sameSocket) Assert.Equal([known + 1, known + 2], state.Missed.Select(m => m.Sequence));
    }

    /// <summary>The socket was there before the silo died and had been told nothing; or it came back elsewhere before its first gateway said that it went.</summary>
    [Fact]
    public async Task Attach_OfASocketThatWasToldNothing_AfterTheSessionsSiloDied_GetsTheRunsThatBeganSince()
    {
        await using var farm = await FarmCluster.StartAsync();
        var gateway = await farm.ListenAsync();
        await farm.AttachAsync(gateway, "c1", "s1");
        await farm.KillAsync();
        await farm.StartAgainAsync();
        await farm.SubmitAsync(Samples.Submission("p1", clientId: "c1"));
        await farm.RunNextAsync();
        var next = await farm.ListenAsync();

        var state = await farm.AttachAsync(next, "c1", "s1");

        Assert.Equal("execution_success", Samples.Names(state.Missed.Select(m => m.Event))[^2]);
        Assert.Equal("executing:None", Samples.Names(state.Missed.Select(m => m.Event))[^1]);
    }

    [Fact]
    public async Task Detach_OfASocketThatWasToldNothing_AfterTheSessionsSiloDied_LetsTheNextSocketGetTheRunsSince()
    {
        await using var farm = await FarmCluster.StartAsync();
        var gateway = await farm.ListenAsync();
        var session = farm.Grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf("default", "c1"));
        await session.PublishAsync("p1", [new ExecutionStart(1), new ExecutionSuccess(2)]);
        farm.Clock.Advance(new SessionOptions().ResumeWindow + TimeSpan.FromSeconds(1));

        await session.DetachAsync("s1", 0);
        var state = await farm.AttachAsync(gateway, "c1", "s2");

        Assert.Equal(["execution_start", "execution_success"], Samples.Names(state.Missed.Select(m => m.Event)));
    }

    [Fact]
    public async Task Attach_ForTheFirstTimeLongAfterTheRuns_GetsNoneOfThem()
    {
        await using var farm = await FarmCluster.StartAsync();
        var session = farm.Grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf("default", "c1"));
        await session.PublishAsync("p1", [new ExecutionStart(1), new ExecutionSuccess(2)]);
        farm.Clock.Advance(new SessionOptions().ResumeWindow + TimeSpan.FromSeconds(1));

        var state = await farm.AttachAsync(await farm.ListenAsync(), "c1", "s1");

        Assert.Empty(state.Missed);
    }
}
