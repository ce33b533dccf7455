using Npgsql;

namespace Farm.Grains.Persistence;

/// <summary>
/// Changes of prompts as PostgreSQL takes them: those that share a commit are two statements at the most, one over arrays for those that end and one for the
/// others. A change whose row has moved on does nothing, its end included, and harms no other.
/// </summary>
internal static class PromptSets
{
    private static readonly SetColumn<PromptChange>[] Changed =
    [
        Column("run_id", "uuid", c => c.Row.RunId),
        Column("status", "integer", c => (int)c.Row.Status),
        Column("attempt", "integer", c => c.Row.Attempt),
        Column("revision", "bigint", c => c.Row.Revision),
        Column("worker_id", "text", c => c.Row.WorkerId),
        Column("started_at", "bigint", c => c.Row.StartedAt),
        Column("ended_at", "bigint", c => c.Row.EndedAt),
        Column("outcome", "integer", c => (int?)c.Row.Outcome),
        Column("interrupted", "boolean", c => c.Row.Interrupted),
        Column("lost_attempts", "text", c => c.Row.Lost),
        Column("job_status", "integer", c => (int)c.Row.JobStatus),
    ];

    private static readonly SetColumn<PromptChange>[] Ended =
    [
        .. Changed,
        Column("completed", "boolean", c => c.End!.Result.Completed),
        Column("outputs", "text", c => c.End!.Result.Outputs),
        Column("messages", "text", c => c.End!.Result.Messages),
        Column("became", "integer", c => (int)c.End!.Ledger.Status),
        Column("last_worker", "text", c => c.End!.Ledger.WorkerId),
        Column("attempts", "text", c => c.End!.Ledger.Attempts),
        Column("models", "text", c => c.End!.Ledger.Models),
        Column("seeds", "text", c => c.End!.Ledger.Seeds),
        Column("things", "integer", c => c.End!.Ledger.Outputs),
        Column("gpu_time", "bigint", c => c.End!.Ledger.GpuTime),
        Column("error", "text", c => c.End!.Ledger.Error),
    ];

    private const string Update = """
        UPDATE prompts AS stored SET status = changed.status, attempt = changed.attempt, revision = changed.revision, worker_id = changed.worker_id,
            started_at = changed.started_at, ended_at = changed.ended_at, outcome = changed.outcome, interrupted = changed.interrupted,
            lost_attempts = changed.lost_attempts, job_status = changed.job_status
        FROM changed WHERE stored.run_id = changed.run_id AND stored.revision = changed.revision - 1
        """;

    private static readonly string Change = $"WITH changed AS (SELECT * FROM {SetColumn<PromptChange>.Rows(Changed)}) {Update} RETURNING changed.place";

    // What the row says of itself need not be sent. History's sequence follows the order of the writes.
    private static readonly string End = $"""
        WITH changed AS (SELECT * FROM {SetColumn<PromptChange>.Rows(Ended)}),
        ended AS ({Update} RETURNING changed.*, stored.tenant, stored."user", stored.prompt_id, stored.created_at, stored.batch_id, stored.batch_index),
        kept AS (
            INSERT INTO prompt_results (run_id, tenant, "user", prompt_id, outcome, completed, outputs, messages)
            SELECT run_id, tenant, "user", prompt_id, outcome, completed, outputs, messages FROM ended ORDER BY place),
        noted AS (
            INSERT INTO ledger (run_id, tenant, "user", prompt_id, status, queued_at, started_at, ended_at, worker_id, attempts, models, seeds, outputs, gpu_time, error, batch_id, batch_index)
            SELECT run_id, tenant, "user", prompt_id, became, created_at, started_at, ended_at, last_worker, attempts, models, seeds, things, gpu_time, error, batch_id, batch_index FROM ended)
        SELECT place FROM ended
        """;

    /// <summary>Writes changes in one round trip, which is a transaction of its own where none is open.</summary>
    /// <returns>For each change, whether its row was as the change expected.</returns>
    public static async Task<bool[]> WriteAsync(NpgsqlConnection connection, IReadOnlyList<PromptChange> changes)
    {
        var applied = new bool[changes.Count];
        var (moved, ended) = (Places(changes, ends: false), Places(changes, ends: true));
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (places, text, columns) in new[] { (moved, Change, Changed), (ended, End, Ended) })
        {
            if (places.Length == 0) continue;
            var command = new NpgsqlBatchCommand(text);
            var rows = Array.ConvertAll(places, place => changes[place]);
            foreach (var column in columns) command.Parameters.Add(column.Values(rows));
            batch.BatchCommands.Add(command);
        }
        await using var reader = await batch.ExecuteReaderAsync();
        foreach (var places in new[] { moved, ended }.Where(places => places.Length > 0))
        {
            while (await reader.ReadAsync()) applied[places[reader.GetInt64(0) - 1]] = true;
            await reader.NextResultAsync();
        }
        return applied;
    }

    private static int[] Places(IReadOnlyList<PromptChange> changes, bool ends) => [.. Enumerable.Range(0, changes.Count).Where(i => changes[i].End is not null == ends)];

    private static SetColumn<PromptChange> Column<TValue>(string name, string type, Func<PromptChange, TValue> value) => SetColumn<PromptChange>.Of(name, type, value);
}
