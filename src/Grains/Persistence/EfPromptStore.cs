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
internal sealed class EfPromptStore(IDbContextFactory<FarmDb> contexts, GroupCommit commits, TimeProvider clock) : IPromptStore
{
    /// <inheritdoc/>
    public async Task<PromptState?> FindAsync(Guid runId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var found = await db.Prompts.AsNoTracking()
            .Where(p => p.RunId == runId)
            .Join(db.Graphs.AsNoTracking(), p => p.RunId, g => g.RunId, (Prompt, Graph) => new { Prompt, Graph })
            .FirstOrDefaultAsync();
        return found is null ? null : ToState(found.Prompt, found.Graph);
    }

    /// <inheritdoc/>
    public Task InsertAsync(PromptState state) => commits.WriteAsync(async db =>
    {
        // A UUID that is submitted anew after it was deleted comes to the same key: what the ledger knows of the first run keeps another.
        if (state.Submission.Fingerprint is not null)
            await db.Ledger.Where(l => l.RunId == state.RunId).ExecuteUpdateAsync(l => l.SetProperty(x => x.RunId, Guid.NewGuid()));
        db.Prompts.Add(ToRow(state));
        db.Graphs.Add(ToGraph(state));
    });

    /// <inheritdoc/>
    public Task UpdateAsync(PromptState state) => commits.WriteAsync(db => { Update(db, state); });

    /// <inheritdoc/>
    public Task MoveAsync(PromptState state) => commits.WriteAsync(db =>
    {
        var entry = db.Entry(Update(db, state));
        entry.Property(p => p.Number).IsModified = true;
        entry.Property(p => p.ClassTypes).IsModified = true;
    });

    /// <inheritdoc/>
    public Task EndAsync(PromptState state, PromptEnd end) => commits.WriteAsync(db =>
    {
        Update(db, state).JobStatus = JobStatusOf(end);
        db.Results.Add(new ResultRow
        {
            RunId = state.RunId,
            Tenant = state.Submission.Tenant,
            User = state.Submission.User,
            PromptId = state.Submission.PromptId,
            Outcome = end.Outcome,
            Completed = end.Completed,
            Outputs = EventJson.Write(end.Outputs),
            Messages = EventJson.Write(end.Messages),
        });
        db.Ledger.Add(LedgerRows.ToRow(LedgerEntries.Ended(state, end)));
        if (WebhookMessage.Of(state, end) is { } message) db.Webhooks.Add(EfWebhookStore.ToRow(message));
    });

    /// <inheritdoc/>
    public Task DeleteAsync(PromptState state) => commits.WriteAsync(db =>
    {
        db.Prompts.Remove(ToRow(state));
        db.Graphs.Remove(ToGraph(state));
        db.Ledger.Add(LedgerRows.ToRow(LedgerEntries.Deleted(state, clock.GetUtcNow())));
    });

    /// <summary>Marks what a change of status touches; the row must still have the revision before.</summary>
    private static PromptRow Update(FarmDb db, PromptState state)
    {
        var row = ToRow(state);
        var entry = db.Prompts.Attach(row);
        entry.Property(p => p.Revision).OriginalValue = state.Revision - 1;
        entry.Property(p => p.Status).IsModified = true;
        entry.Property(p => p.Attempt).IsModified = true;
        entry.Property(p => p.WorkerId).IsModified = true;
        entry.Property(p => p.StartedAt).IsModified = true;
        entry.Property(p => p.EndedAt).IsModified = true;
        entry.Property(p => p.Outcome).IsModified = true;
        entry.Property(p => p.Lost).IsModified = true;
        entry.Property(p => p.JobStatus).IsModified = true;
        return row;
    }

    private static JobStatus JobStatusOf(PromptEnd end) => end switch
    {
        { Completed: true } => JobStatus.Completed,
        { Outcome: RunOutcome.Interrupted } => JobStatus.Cancelled,
        _ => JobStatus.Failed,
    };

    private static PromptRow ToRow(PromptState state) => new()
    {
        RunId = state.RunId,
        Tenant = state.Submission.Tenant,
        User = state.Submission.User,
        PromptId = state.Submission.PromptId,
        ClientId = state.Submission.ClientId,
        Number = state.Submission.Number,
        Status = state.Status,
        Attempt = state.Attempt,
        Revision = state.Revision,
        WorkerId = state.WorkerId,
        ClassTypes = NeedsText.Write(state.Submission.ClassTypes, state.Submission.Needs),
        CreatedAt = state.Submission.CreatedAt.ToUnixTimeMilliseconds(),
        StartedAt = state.StartedAt?.ToUnixTimeMilliseconds(),
        EndedAt = state.EndedAt?.ToUnixTimeMilliseconds(),
        Outcome = state.Outcome,
        Lost = EventJson.WriteLost(state.Lost),
        JobStatus = state.Status == PromptStatus.Running ? JobStatus.InProgress : JobStatus.Pending,
        WorkflowId = state.Submission.WorkflowId,
        BatchId = state.Submission.BatchId,
        BatchIndex = state.Submission.BatchIndex,
        TraceParent = state.Submission.TraceParent,
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
        Lost = EventJson.Read<LostAttempt>(row.Lost),
    };

    private static DateTimeOffset? ToTime(long? milliseconds) =>
        milliseconds is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
}
