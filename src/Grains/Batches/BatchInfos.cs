using Farm.Contracts.Batches;

namespace Farm.Grains.Batches;

/// <summary>What is told of a batch.</summary>
internal static class BatchInfos
{
    /// <summary>How it stands, with its expected end as far as that can be known.</summary>
    public static BatchInfo Of(BatchState state, DateTimeOffset now)
    {
        var pending = state.Total - state.Position + state.Waiting;
        return new BatchInfo
        {
            Id = state.Id,
            Tenant = state.Tenant,
            Name = state.Definition.Name,
            Status = state.Status,
            Total = state.Total,
            Pending = pending,
            Submitted = state.Submitted,
            Completed = state.Completed,
            Failed = state.Failed,
            Cancelled = state.Cancelled,
            CreatedAt = state.CreatedAt,
            StartedAt = state.StartedAt,
            EndedAt = state.EndedAt,
            Eta = state.Status == BatchStatus.Running ? Eta(state.StartedAt, state.Completed + state.Failed, pending + state.Submitted, now) : null,
            Concurrency = state.Definition.Concurrency,
            After = state.Definition.After,
        };
    }

    /// <summary>The end if the rest takes as long an index as those before; null before the first is done.</summary>
    public static DateTimeOffset? Eta(DateTimeOffset? started, int done, int left, DateTimeOffset now) =>
        started is { } start && done > 0 && now > start ? now + (now - start) / done * left : null;
}
