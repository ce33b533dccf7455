using System.Collections.Immutable;
using Farm.Contracts.Batches;
using Farm.Contracts.Ledger;
using Farm.Grains.Ledger;

namespace Farm.Grains.Batches;

/// <summary>Every change of a batch, as pure functions of the state before. A method answers null when the change is not allowed from there.</summary>
internal static class BatchMachine
{
    /// <summary>nothing → waiting.</summary>
    public static BatchState Submit(Guid id, BatchSubmission submission, DateTimeOffset now) => new()
    {
        Id = id,
        Definition = submission,
        Total = IndexValues.Count(submission.Plan),
        CreatedAt = now,
    };

    /// <summary>waiting → running, or → cancelled where a predecessor did not complete and the policy says so; null while one is not over.</summary>
    public static BatchState? Begin(BatchState state, IReadOnlyCollection<BatchStatus> predecessors, DateTimeOffset now)
    {
        if (state.Status != BatchStatus.Waiting || predecessors.Any(p => p < BatchStatus.Completed)) return null;
        return state.Definition.OnPredecessorFailure == PredecessorPolicy.Cancel && predecessors.Any(p => p != BatchStatus.Completed)
            ? End(state with { Status = BatchStatus.Cancelling }, now)
            : Next(state) with { Status = BatchStatus.Running };
    }

    /// <summary>Hands further indices in; those whose values break a rule fail at once.</summary>
    /// <param name="state">The batch before.</param>
    /// <param name="again">Indices that wait to be handed in again.</param>
    /// <param name="order">The order of the indices.</param>
    /// <param name="most">Prompts at the most.</param>
    /// <param name="now">The time.</param>
    public static BatchStep? HandIn(BatchState state, IReadOnlyCollection<BatchItemState> again, FrameSequence order, int most, DateTimeOffset now)
    {
        if (state.Status != BatchStatus.Running) return null;
        var items = ImmutableArray.CreateBuilder<BatchItemState>();
        items.AddRange(again.Take(most).Select(item => Handed(state.Id, item.Index, item.Tries + 1, isNew: false)));
        var (retried, position, failed) = (items.Count, state.Position, 0);
        while (items.Count - failed < most && position < state.Total && items.Count < 2 * most)
        {
            var index = order[position++];
            if (IndexValues.Problem(state.Definition.Plan, index) is { } problem)
            {
                items.Add(new BatchItemState { Index = index, Status = BatchItemStatus.Failed, Error = problem, IsNew = true });
                failed++;
                continue;
            }
            items.Add(Handed(state.Id, index, 1, isNew: true));
        }
        if (items.Count == 0) return null;
        var next = Next(state) with
        {
            Position = position,
            Submitted = state.Submitted + items.Count - failed,
            Waiting = state.Waiting - retried,
            Failed = state.Failed + failed,
            StartedAt = state.StartedAt ?? now,
        };
        return new BatchStep(failed > 0 ? AfterFailure(next) : next, items.ToImmutable());
    }

    /// <summary>Takes in what became of prompts. Each item is one that was handed in.</summary>
    public static BatchStep Settle(BatchState state, IReadOnlyCollection<(BatchItemState Item, LedgerEnd End)> ended)
    {
        var next = Next(state);
        var items = ImmutableArray.CreateBuilder<BatchItemState>(ended.Count);
        foreach (var (item, end) in ended)
        {
            var status = StatusAfter(next, item, end);
            items.Add(item with { Status = status, Error = status == BatchItemStatus.Failed ? end.Error : null, IsNew = false });
            next = next with
            {
                Submitted = next.Submitted - 1,
                Waiting = next.Waiting + (status == BatchItemStatus.Waiting ? 1 : 0),
                Completed = next.Completed + (status == BatchItemStatus.Completed ? 1 : 0),
                Failed = next.Failed + (status == BatchItemStatus.Failed ? 1 : 0),
                Cancelled = next.Cancelled + (status == BatchItemStatus.Cancelled ? 1 : 0),
            };
            if (status == BatchItemStatus.Failed) next = AfterFailure(next);
        }
        return new BatchStep(next, items.MoveToImmutable());
    }

    /// <summary>→ completed, failed or cancelled, once nothing is left to do; null while there is.</summary>
    public static BatchStep? Finish(BatchState state, DateTimeOffset now)
    {
        if (state.Submitted > 0) return null;
        return state.Status switch
        {
            BatchStatus.Running when state.Position == state.Total && state.Waiting == 0 => new BatchStep(End(state, now), []),
            BatchStatus.Stopping => new BatchStep(End(state, now), []),
            BatchStatus.Cancelling => new BatchStep(End(state, now), [], BatchSweep.CancelWaiting),
            _ => null,
        };
    }

    /// <summary>waiting or running → paused.</summary>
    public static BatchState? Pause(BatchState state) =>
        state.Status is BatchStatus.Waiting or BatchStatus.Running ? Next(state) with { Status = BatchStatus.Paused } : null;

    /// <summary>paused → waiting, from where it begins again at once if it may.</summary>
    public static BatchState? Resume(BatchState state) =>
        state.Status == BatchStatus.Paused ? Next(state) with { Status = state.StartedAt is null ? BatchStatus.Waiting : BatchStatus.Running } : null;

    /// <summary>What failed or was cancelled waits again; a batch that had ended runs again, unless it was cancelled as a whole.</summary>
    public static BatchStep? RetryFailed(BatchState state)
    {
        if (state.Status is BatchStatus.Cancelling or BatchStatus.Cancelled or BatchStatus.Waiting || state.Failed + state.Cancelled == 0) return null;
        var next = Next(state) with
        {
            Status = state.Status == BatchStatus.Paused ? BatchStatus.Paused : BatchStatus.Running,
            Waiting = state.Waiting + state.Failed + state.Cancelled,
            Failed = 0,
            Cancelled = 0,
            EndedAt = null,
        };
        return new BatchStep(next, [], BatchSweep.RetryFailed);
    }

    /// <summary>→ cancelling, from wherever it is not over.</summary>
    public static BatchState? Cancel(BatchState state) =>
        state.IsOver || state.Status == BatchStatus.Cancelling ? null : Next(state) with { Status = BatchStatus.Cancelling };

    private static BatchState Next(BatchState state) => state with { Revision = state.Revision + 1 };

    private static BatchItemState Handed(Guid batch, int index, int tries, bool isNew) => new()
    {
        Index = index, Status = BatchItemStatus.Submitted, Tries = tries, RunId = BatchRuns.IdOf(batch, index, tries), IsNew = isNew,
    };

    private static BatchState AfterFailure(BatchState state) =>
        state.Definition.OnFailure == FailurePolicy.Stop && state.Status is BatchStatus.Running or BatchStatus.Paused ? state with { Status = BatchStatus.Stopping } : state;

    private static BatchItemStatus StatusAfter(BatchState state, BatchItemState item, LedgerEnd end) => end.Status switch
    {
        LedgerStatus.Completed => BatchItemStatus.Completed,
        LedgerStatus.Interrupted or LedgerStatus.Deleted => BatchItemStatus.Cancelled,
        _ when item.Tries <= state.Definition.Retries && state.Status is BatchStatus.Running or BatchStatus.Paused => BatchItemStatus.Waiting,
        _ => BatchItemStatus.Failed,
    };

    private static BatchState End(BatchState state, DateTimeOffset now)
    {
        var ended = Next(state) with { EndedAt = now };
        if (state.Status == BatchStatus.Cancelling)
        {
            var rest = state.Total - state.Position + state.Waiting;
            return ended with { Status = BatchStatus.Cancelled, Cancelled = state.Cancelled + rest, Position = state.Total, Waiting = 0 };
        }
        return ended with { Status = state.Completed == state.Total ? BatchStatus.Completed : BatchStatus.Failed };
    }
}
