using Farm.Contracts.Prompts;

namespace Farm.Grains.Prompts;

/// <summary>
/// Every change of a prompt's status, as pure functions of the state before. A method answers null when the change is not
/// allowed from there: a stale attempt, a prompt that is over.
/// </summary>
internal static class PromptStateMachine
{
    /// <summary>nothing → queued.</summary>
    public static PromptState Submit(Guid runId, PromptSubmission submission) =>
        new() { RunId = runId, Submission = submission };

    /// <summary>queued → running, for the attempt that is due.</summary>
    public static PromptState? Begin(PromptState state, int attempt, string workerId, DateTimeOffset now) =>
        state.Status == PromptStatus.Queued && state.Attempt == attempt
            ? state with { Status = PromptStatus.Running, WorkerId = workerId, StartedAt = now, Revision = state.Revision + 1 }
            : null;

    /// <summary>Whether the worker has begun this attempt already: a repeated call after a lost answer.</summary>
    public static bool HasBegun(PromptState state, int attempt, string workerId) =>
        IsRunning(state, attempt) && state.WorkerId == workerId;

    /// <summary>Whether the attempt may report.</summary>
    public static bool IsRunning(PromptState state, int attempt) =>
        state.Status == PromptStatus.Running && state.Attempt == attempt;

    /// <summary>running → ended, for the running attempt.</summary>
    public static PromptState? Complete(PromptState state, int attempt, RunOutcome outcome, DateTimeOffset now) =>
        IsRunning(state, attempt) ? End(state, outcome, now) : null;

    /// <summary>Whether this attempt ended the prompt already: a repeated call after a lost answer.</summary>
    public static bool HasCompleted(PromptState state, int attempt) =>
        state.Status == PromptStatus.Ended && state.Attempt == attempt;

    /// <summary>
    /// running or queued → queued with the next attempt. The number rises even if the worker never began, so that it cannot
    /// begin later.
    /// </summary>
    public static PromptState? Lose(PromptState state, int attempt, string reason, DateTimeOffset now, bool givenBack = false) =>
        state.Status != PromptStatus.Ended && state.Attempt == attempt
            ? state with
            {
                Status = PromptStatus.Queued,
                Attempt = attempt + 1,
                WorkerId = null,
                StartedAt = null,
                Lost = state.Lost.Add(new LostAttempt(attempt, state.WorkerId, reason, now, state.StartedAt, givenBack)),
                Revision = state.Revision + 1,
            }
            : null;

    /// <summary>
    /// running or queued → ended, because the attempt was lost and there is to be no other. The number rises, so that the
    /// lost worker's own end comes too late.
    /// </summary>
    public static PromptState? GiveUp(PromptState state, int attempt, RunOutcome outcome, string reason, DateTimeOffset now) =>
        Lose(state, attempt, reason, now) is { } lost
            ? End(lost, outcome, now) with { StartedAt = state.StartedAt, Revision = lost.Revision }
            : null;

    /// <summary>running → running, but to be interrupted; such a one is not tried again.</summary>
    public static PromptState? Interrupt(PromptState state) =>
        state.Status == PromptStatus.Running ? state with { Interrupted = true, Revision = state.Revision + 1 } : null;

    /// <summary>Attempts that count against the prompt, with the current one if it has begun.</summary>
    public static int Counted(PromptState state) => state.Lost.Count(lost => lost.Counts()) + (state.Status == PromptStatus.Running ? 1 : 0);

    /// <summary>queued → queued, at another place.</summary>
    public static PromptState? Move(PromptState state, PromptMove move) => state.Status != PromptStatus.Queued ? null : state with
    {
        Submission = state.Submission with
        {
            Number = move.Number ?? state.Submission.Number,
            Needs = state.Submission.Needs with
            {
                Pool = move.Pool ?? state.Submission.Needs.Pool,
                Labels = move.Labels ?? state.Submission.Needs.Labels,
                Priority = move.Priority ?? state.Submission.Needs.Priority,
            },
        },
        Revision = state.Revision + 1,
    };

    /// <summary>Whether the prompt may be removed: only while it waits.</summary>
    public static bool MayDelete(PromptState state) => state.Status == PromptStatus.Queued;

    private static PromptState End(PromptState state, RunOutcome outcome, DateTimeOffset now) =>
        state with { Status = PromptStatus.Ended, Outcome = outcome, EndedAt = now, Revision = state.Revision + 1 };
}
