using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Grains.History;
using Farm.Grains.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>History in the database: results in the order of their sequence, each with its submission.</summary>
internal sealed class EfHistoryStore(IDbContextFactory<FarmDb> contexts, GroupCommit commits) : IHistoryStore
{
    /// <summary>Ids in one statement at the most.</summary>
    private const int MaxIds = 500;

    /// <inheritdoc/>
    public async Task<ImmutableArray<HistoryEntry>> ListAsync(string tenant, HistorySlice slice, int depth)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var reach = slice.FromNewest ? Math.Min(slice.Take ?? depth, depth) : depth;
        var newest = db.Results.AsNoTracking().Where(r => r.Tenant == tenant).OrderByDescending(r => r.Sequence).Take(reach);
        var window = newest.OrderBy(r => r.Sequence).Skip(slice.Skip).Take(slice.Take ?? depth);
        var found = await Entries(db, window).ToListAsync();
        return [.. found.Select(e => e.ToEntry())];
    }

    /// <inheritdoc/>
    public async Task<HistoryEntry?> FindAsync(string tenant, string promptId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var newest = db.Results.AsNoTracking()
            .Where(r => r.Tenant == tenant && r.PromptId == promptId)
            .OrderByDescending(r => r.Sequence)
            .Take(1);
        return (await Entries(db, newest).FirstOrDefaultAsync())?.ToEntry();
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<ClosingEvent>> EndsAsync(string tenant, string clientId, DateTimeOffset since, int most)
    {
        var first = since.ToUnixTimeMilliseconds();
        await using var db = await contexts.CreateDbContextAsync();
        var newest = await db.Prompts.AsNoTracking()
            .Where(p => p.Tenant == tenant && p.ClientId == clientId && p.EndedAt >= first)
            .Join(db.Results.AsNoTracking(), p => p.RunId, r => r.RunId, (p, r) => r)
            .OrderByDescending(r => r.Sequence)
            .Take(most)
            .Select(r => new { r.PromptId, r.Messages })
            .ToListAsync();
        return [.. newest.AsEnumerable().Reverse().SelectMany(end => EventJson.Read<RunEvent>(end.Messages).TakeLast(1).Select(last => new ClosingEvent(end.PromptId, last)))];
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string tenant, IReadOnlyCollection<string> promptIds)
    {
        foreach (var ids in promptIds.Chunk(MaxIds))
            await commits.WriteAsync(db => DeleteAsync(db, db.Results.Where(r => r.Tenant == tenant && ids.Contains(r.PromptId))));
    }

    /// <inheritdoc/>
    public Task ClearAsync(string tenant) =>
        commits.WriteAsync(db => DeleteAsync(db, db.Results.Where(r => r.Tenant == tenant)));

    /// <inheritdoc/>
    public async Task<ImmutableArray<StoredSubmission>> SubmissionsAsync(string tenant, IReadOnlyList<Guid> runs)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var found = new Dictionary<Guid, StoredSubmission>(runs.Count);
        foreach (var ids in runs.Chunk(MaxIds))
        {
            // One array is one parameter: a list of them would be another statement for every length.
            // The tenant is compared here: in the statement it makes SQLite walk all of the tenant's prompts instead of the few ids.
            var prompts = db.Prompts.AsNoTracking().Where(p => EF.Parameter(ids).Contains(p.RunId));
            var joined = prompts.Join(db.Graphs, p => p.RunId, g => g.RunId, (p, g) => new { p.Tenant, p.PromptId, p.Number, Graph = g });
            foreach (var row in await joined.ToListAsync())
            {
                if (row.Tenant == tenant) found.Add(row.Graph.RunId, ToSubmission(row.Graph, row.PromptId, row.Number));
            }
        }
        return [.. runs.Where(found.ContainsKey).Select(r => found[r])];
    }

    private static IQueryable<JoinedEntry> Entries(FarmDb db, IQueryable<ResultRow> results) => results
        .Join(db.Prompts.AsNoTracking(), r => r.RunId, p => p.RunId, (r, p) => new { Result = r, p.Number })
        .Join(db.Graphs.AsNoTracking(), r => r.Result.RunId, g => g.RunId, (r, g) => new JoinedEntry { Result = r.Result, Number = r.Number, Graph = g })
        .OrderBy(e => e.Result.Sequence);

    private static async Task DeleteAsync(FarmDb db, IQueryable<ResultRow> results)
    {
        await db.Prompts.Where(p => results.Any(r => r.RunId == p.RunId)).ExecuteDeleteAsync();
        await db.Graphs.Where(g => results.Any(r => r.RunId == g.RunId)).ExecuteDeleteAsync();
        await results.ExecuteDeleteAsync();
    }

    private static StoredSubmission ToSubmission(GraphRow graph, string promptId, double number) => new()
    {
        RunId = graph.RunId,
        PromptId = promptId,
        Number = number,
        Prompt = graph.Prompt,
        ExtraData = graph.ExtraData,
        Targets = EventJson.Read<string>(graph.Targets),
    };

    private sealed class JoinedEntry
    {
        public required ResultRow Result { get; init; }

        public required double Number { get; init; }

        public required GraphRow Graph { get; init; }

        public HistoryEntry ToEntry() => new()
        {
            Submission = ToSubmission(Graph, Result.PromptId, Number),
            Outcome = Result.Outcome,
            Completed = Result.Completed,
            Outputs = EventJson.Read<NodeUi>(Result.Outputs),
            Messages = EventJson.Read<RunEvent>(Result.Messages),
        };
    }
}
