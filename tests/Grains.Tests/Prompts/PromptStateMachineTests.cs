using Farm.Contracts.Prompts;
using Farm.Grains.Prompts;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Prompts;

/// <summary>Named by transition: state before, event, state after.</summary>
public sealed class PromptStateMachineTests
{
    private static readonly DateTimeOffset Now = Samples.Start;

    private static readonly PromptState Queued = PromptStateMachine.Submit(Guid.NewGuid(), Samples.Submission("p"));
    private static readonly PromptState Running = PromptStateMachine.Begin(Queued, 1, "w1", Now)!;
    private static readonly PromptState Ended = PromptStateMachine.Complete(Running, 1, RunOutcome.Success, Now)!;

    [Fact]
    public void Nothing_Submit_Queued() =>
        Assert.Equal((PromptStatus.Queued, 1, 0L), (Queued.Status, Queued.Attempt, Queued.Revision));

    [Fact]
    public void Queued_Begin_Running() =>
        Assert.Equal((PromptStatus.Running, "w1", Now, 1L), (Running.Status, Running.WorkerId, Running.StartedAt, Running.Revision));

    [Fact]
    public void Queued_BeginOfAnotherAttempt_Refused()
    {
        Assert.Null(PromptStateMachine.Begin(Queued, 2, "w1", Now));
        Assert.Null(PromptStateMachine.Begin(Queued, 0, "w1", Now));
    }

    [Fact]
    public void Running_BeginByAnotherWorker_Refused()
    {
        Assert.Null(PromptStateMachine.Begin(Running, 1, "w2", Now));
        Assert.False(PromptStateMachine.HasBegun(Running, 1, "w2"));
        Assert.True(PromptStateMachine.HasBegun(Running, 1, "w1"));
    }

    [Fact]
    public void Ended_Begin_Refused() => Assert.Null(PromptStateMachine.Begin(Ended, 1, "w1", Now));

    [Fact]
    public void Running_Complete_Ended() =>
        Assert.Equal((PromptStatus.Ended, RunOutcome.Success, Now, 2L), (Ended.Status, Ended.Outcome, Ended.EndedAt, Ended.Revision));

    [Fact]
    public void Running_CompleteOfAnotherAttempt_Refused() =>
        Assert.Null(PromptStateMachine.Complete(Running, 2, RunOutcome.Success, Now));

    [Fact]
    public void Queued_Complete_Refused() => Assert.Null(PromptStateMachine.Complete(Queued, 1, RunOutcome.Success, Now));

    [Fact]
    public void Ended_Complete_RefusedButKnownAsDone()
    {
        Assert.Null(PromptStateMachine.Complete(Ended, 1, RunOutcome.Success, Now));
        Assert.True(PromptStateMachine.HasCompleted(Ended, 1));
        Assert.False(PromptStateMachine.HasCompleted(Ended, 2));
    }

    [Fact]
    public void Running_Lose_QueuedWithTheNextAttempt()
    {
        var lost = PromptStateMachine.Lose(Running, 1, "silent", Now)!;

        Assert.Equal((PromptStatus.Queued, 2, 2L), (lost.Status, lost.Attempt, lost.Revision));
        Assert.Null(lost.WorkerId);
        Assert.Null(lost.StartedAt);
        Assert.Equal(new LostAttempt(1, "w1", "silent", Now, Now), Assert.Single(lost.Lost));
        Assert.Null(PromptStateMachine.Begin(lost, 1, "w1", Now));
    }

    [Fact]
    public void Queued_Lose_WorkerThatNeverBeganIsFencedOff()
    {
        var lost = PromptStateMachine.Lose(Queued, 1, "silent", Now)!;

        Assert.Equal((PromptStatus.Queued, 2), (lost.Status, lost.Attempt));
        Assert.Null(PromptStateMachine.Begin(lost, 1, "w1", Now));
    }

    [Fact]
    public void Running_LoseOfAnotherAttempt_Refused() => Assert.Null(PromptStateMachine.Lose(Running, 2, "silent", Now));

    [Fact]
    public void Ended_Lose_Refused() => Assert.Null(PromptStateMachine.Lose(Ended, 1, "silent", Now));

    [Fact]
    public void Running_GiveUp_EndedAndTheLostWorkerIsFencedOff()
    {
        var ended = PromptStateMachine.GiveUp(Running, 1, RunOutcome.Error, "silent", Now)!;

        Assert.Equal((PromptStatus.Ended, RunOutcome.Error, 2, 2L), (ended.Status, ended.Outcome, ended.Attempt, ended.Revision));
        Assert.Equal(Now, ended.StartedAt);
        Assert.False(PromptStateMachine.HasCompleted(ended, 1));
    }

    [Fact]
    public void OnlyQueued_MayBeDeleted()
    {
        Assert.True(PromptStateMachine.MayDelete(Queued));
        Assert.False(PromptStateMachine.MayDelete(Running));
        Assert.False(PromptStateMachine.MayDelete(Ended));
    }
}
