using System.Collections.Immutable;
using Farm.Contracts.Jobs;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;
using Farm.Grains.Ledger;
using Farm.Grains.Persistence.Rows;
using Farm.Grains.Prompts;
using Farm.Grains.Scheduling;
using Farm.Grains.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>Prompts in the database: the status in one narrow row, the graph and the end in rows of their own.</summary>
internal sealed class EfPromptStore : IPromptStore
{
    /// <summary>Prompts in one read at the most: graphs may be large.</summary>
    private const int MostRead = 64;

    private readonly IDbContextFactory<FarmDb> _contexts;
    private readonly GroupCommit _commits;
    private readonly TimeProvider _clock;
    private readonly GroupRead<Guid, PromptState> _reads;

    public EfPromptStore(IDbContextFactory<FarmDb> contexts, GroupCommit commits, TimeProvider clock)
    {
        (_contexts, _commits, _clock) = (contexts, commits, clock);
        _reads = new GroupRead<Guid, PromptState>(ReadAsync, MostRead);
    }

    /// <inheritdoc/>
    public Task<PromptState?> FindAsync(Guid runId) => _reads.FindAsync(runId);

    /// <inheritdoc/>
    public Task InsertAsync(PromptState state) => _commits.WriteAsync(async db =>
    {
        // A UUID that is submitted anew after it was deleted comes to the same key: what the ledger knows of the first run keeps another.
        if (state.Submission.Fingerprint is not null)
            await db.Ledger.Where(l => l.RunId == state.RunId).ExecuteUpdateAsync(l => l.SetProperty(x => x.RunId, Guid.NewGuid()));
        db.Prompts.Add(ToRow(state));
        db.Graphs.Add(ToGraph(state));
    });

    /// <inheritdoc/>
    public Task UpdateAsync(PromptState state) => _commits.WriteAsync(new PromptChange(ToChanged(state)));

    /// <inheritdoc/>
    public Task MoveAsync(PromptState state)
    {
        var row = ToRow(state);
        return _commits.WriteAsync(db =>
        {
            var entry = PromptChange.Mark(db, row);
            entry.Property(nameof(PromptRow.Number)).IsModified = true;
            entry.Property(nameof(PromptRow.ClassTypes)).IsModified = true;
        });
    }

    /// <inheritdoc/>
    public Task EndAsync(PromptState state, PromptEnd end)
    {
        // Made before the write's turn comes: others wait for theirs.
        var row = ToChanged(state);
        row.JobStatus = JobStatusOf(end);
        var change = new PromptChange(row, new PromptChange.EndRows(ToResult(state, end), LedgerRows.ToRow(LedgerEntries.Ended(state, end))));
        if (WebhookMessage.Of(state, end) is not { } message) return _commits.WriteAsync(change);
        var webhook = EfWebhookStore.ToRow(message);
        return _commits.WriteAsync(db =>
        {
            change.Stage(db);
            db.Webhooks.Add(webhook);
        });
    }

    /// <inheritdoc/>
    public Task DeleteAsync(PromptState state) => _commits.WriteAsync(db =>
    {
        db.Prompts.Remove(ToRow(state));
        db.Graphs.Remove(ToGraph(state));
        db.Ledger.Add(LedgerRows.ToRow(LedgerEntries.Deleted(state, _clock.GetUtcNow())));
    });

    private async Task<Dictionary<Guid, PromptState>> ReadAsync(Guid[] runs)
    {
        await using var db = await _contexts.CreateDbContextAsync();
        var found = await db.Prompts.AsNoTracking()
            .Where(p => EF.Parameter(runs).Contains(p.RunId))
            .Join(db.Graphs.AsNoTracking(), p => p.RunId, g => g.RunId, (Prompt, Graph) => new { Prompt, Graph })
            .ToListAsync();
        return found.ToDictionary(f => f.Prompt.RunId, f => ToState(f.Prompt, f.Graph));
    }

    private static JobStatus JobStatusOf(PromptEnd end) => end switch
    {
        { Completed: true } => JobStatus.Completed,
        { Outcome: RunOutcome.Interrupted } => JobStatus.Cancelled,
        _ => JobStatus.Failed,
    };

    private static PromptRow ToRow(PromptState state)
    {
        var row = ToChanged(state);
        row.Tenant = state.Submission.Tenant;
        row.User = state.Submission.User;
        row.PromptId = state.Submission.PromptId;
        row.ClientId = state.Submission.ClientId;
        row.Number = state.Submission.Number;
        row.ClassTypes = NeedsText.Write(state.Submission.ClassTypes, state.Submission.Needs);
        row.CreatedAt = state.Submission.CreatedAt.ToUnixTimeMilliseconds();
        row.WorkflowId = state.Submission.WorkflowId;
        row.BatchId = state.Submission.BatchId;
        row.BatchIndex = state.Submission.BatchIndex;
        row.TraceParent = state.Submission.TraceParent;
        return row;
    }

    /// <summary>The key and what a change of status writes: what was submitted is not made into text again at each.</summary>
    private static PromptRow ToChanged(PromptState state) => new()
    {
        RunId = state.RunId,
        Status = state.Status,
        Attempt = state.Attempt,
        Revision = state.Revision,
        WorkerId = state.WorkerId,
        StartedAt = state.StartedAt?.ToUnixTimeMilliseconds(),
        EndedAt = state.EndedAt?.ToUnixTimeMilliseconds(),
        Outcome = state.Outcome,
        Interrupted = state.Interrupted,
        Lost = EventJson.WriteLost(state.Lost),
        JobStatus = state.Status == PromptStatus.Running ? JobStatus.InProgress : JobStatus.Pending,
    };

    private static ResultRow ToResult(PromptState state, PromptEnd end) => new()
    {
        RunId = state.RunId,
        Tenant = state.Submission.Tenant,
        User = state.Submission.User,
        PromptId = state.Submission.PromptId,
        Outcome = end.Outcome,
        Completed = end.Completed,
        Outputs = EventJson.Write(end.Outputs),
        Messages = EventJson.Write(end.Messages),
    };

    private static GraphRow ToGraph(PromptState state) => new()
    {
        RunId = state.RunId,
        Tenant = state.Submission.Tenant,
        User = state.Submission.User,
        Prompt = state.Submission.Prompt,
        ExtraData = state.Submission.ExtraData,
        Targets = EventJson.Write(state.Submission.Targets),
        Fingerprint = state.Submission.Fingerprint,
        DeferredChecks = EventJson.WriteUnlessEmpty(state.Submission.DeferredChecks),
    };

    /// <summary>The state of a row and its graph.</summary>
    internal static PromptState ToState(PromptRow row, GraphRow graph) => ToState(row, graph, NeedsText.Read(row.ClassTypes));

    private static PromptState ToState(PromptRow row, GraphRow graph, (ImmutableArray<string> Classes, PromptNeeds Needs) placement) => new()
    {
        RunId = row.RunId,
        Submission = new PromptSubmission
        {
            Tenant = row.Tenant,
            User = row.User,
            PromptId = row.PromptId,
            ClientId = row.ClientId,
            Number = row.Number,
            Prompt = graph.Prompt,
            ExtraData = graph.ExtraData,
            Targets = EventJson.Read<string>(graph.Targets),
            DeferredChecks = EventJson.Read<NodeCheck>(graph.DeferredChecks),
            ClassTypes = placement.Classes,
            Needs = placement.Needs,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt),
            WorkflowId = row.WorkflowId,
            BatchId = row.BatchId,
            BatchIndex = row.BatchIndex,
            TraceParent = row.TraceParent,
            Fingerprint = graph.Fingerprint,
        },
        Status = row.Status,
        Attempt = row.Attempt,
        Revision = row.Revision,
        WorkerId = row.WorkerId,
        StartedAt = ToTime(row.StartedAt),
        EndedAt = ToTime(row.EndedAt),
        Outcome = row.Outcome,
        Interrupted = row.Interrupted,
        Lost = EventJson.Read<LostAttempt>(row.Lost),
    };

    private static DateTimeOffset? ToTime(long? milliseconds) =>
        milliseconds is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
}
