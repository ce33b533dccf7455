using System.Collections.Immutable;
using Farm.Contracts.Jobs;
using Farm.Contracts.Prompts;
using Farm.Grains.Jobs;
using Farm.Grains.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>
/// Jobs in the database. Each status is read in order along its index, as far as the page reaches; the lists are then merged, so
/// that no query looks at more rows than are asked for.
/// </summary>
internal sealed class EfJobStore(IDbContextFactory<FarmDb> contexts) : IJobStore
{
    /// <summary>Ids in one statement at the most.</summary>
    private const int MaxIds = 500;

    /// <summary>The order in which ComfyUI collects jobs before it sorts them: ties stay so.</summary>
    private static readonly JobStatus[] Collected = [JobStatus.InProgress, JobStatus.Pending, JobStatus.Completed, JobStatus.Failed, JobStatus.Cancelled];

    /// <inheritdoc/>
    public async Task<ImmutableArray<Job>> PageAsync(string tenant, JobQuery query, int depth)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var reach = (int)Math.Min((long)query.Offset + (query.Limit ?? depth), depth);
        var found = new List<Place>();
        foreach (var status in Collected.Where(s => query.Statuses.Contains(s)))
            found.AddRange(await Ordered(Of(db, tenant, status, query.WorkflowId), query, depth).Take(reach).ToListAsync());
        var sorted = query.Ascending ? found.OrderBy(p => p.SortKey) : found.OrderByDescending(p => p.SortKey);
        // A run that moved on between two queries stands in both.
        var page = sorted.DistinctBy(p => p.RunId).Skip(query.Offset).Take(query.Limit ?? depth).Select(p => p.RunId).ToList();
        return await LoadAsync(db, page);
    }

    /// <inheritdoc/>
    public async Task<int> CountAsync(string tenant, JobStatus status, string? workflowId, int most)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var rows = Of(db, tenant, status, workflowId);
        return await (most == int.MaxValue ? rows : rows.OrderByDescending(p => p.CreatedAt).Take(most)).CountAsync();
    }

    private static IQueryable<PromptRow> Of(FarmDb db, string tenant, JobStatus status, string? workflowId)
    {
        var rows = db.Prompts.AsNoTracking().Where(p => p.Tenant == tenant && p.JobStatus == status);
        return workflowId is null ? rows : rows.Where(p => p.WorkflowId == workflowId);
    }

    private static IQueryable<Place> Ordered(IQueryable<PromptRow> rows, JobQuery query, int depth)
    {
        var places = query.ByDuration
            ? rows.OrderByDescending(p => p.CreatedAt).Take(depth).Select(p => new Place { RunId = p.RunId, SortKey = (p.EndedAt - p.StartedAt) ?? 0 })
            : rows.Select(p => new Place { RunId = p.RunId, SortKey = p.CreatedAt });
        return query.Ascending ? places.OrderBy(p => p.SortKey).ThenBy(p => p.RunId) : places.OrderByDescending(p => p.SortKey).ThenByDescending(p => p.RunId);
    }

    private static async Task<ImmutableArray<Job>> LoadAsync(FarmDb db, List<Guid> page)
    {
        var jobs = new Dictionary<Guid, Job>(page.Count);
        foreach (var ids in page.Chunk(MaxIds))
        {
            var prompts = await db.Prompts.AsNoTracking().Where(p => ids.Contains(p.RunId)).ToListAsync();
            var results = await db.Results.AsNoTracking().Where(r => ids.Contains(r.RunId)).ToDictionaryAsync(r => r.RunId);
            foreach (var prompt in prompts) jobs.Add(prompt.RunId, ToJob(prompt, results.GetValueOrDefault(prompt.RunId)));
        }
        return [.. page.Where(jobs.ContainsKey).Select(id => jobs[id])];
    }

    private static Job ToJob(PromptRow prompt, ResultRow? result) => new()
    {
        PromptId = prompt.PromptId,
        Status = prompt.JobStatus,
        Number = prompt.Number,
        CreatedAt = prompt.CreatedAt,
        WorkflowId = prompt.WorkflowId,
        Outputs = EventJson.Read<NodeUi>(result?.Outputs),
        Messages = EventJson.Read<RunEvent>(result?.Messages),
    };

    private sealed class Place
    {
        public required Guid RunId { get; init; }

        /// <summary>Milliseconds: of the submission since 1970, or of the run.</summary>
        public required long SortKey { get; init; }
    }
}
