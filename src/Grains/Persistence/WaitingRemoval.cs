using System.Globalization;
using Farm.Contracts.Ledger;
using Farm.Grains.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>
/// Removes all that waits of a tenant and notes it in the ledger, in statements whose number does not grow with the queue. What a
/// statement itself removed is what is gone: prompts are committed and begun while it runs.
/// </summary>
internal static class WaitingRemoval
{
    /// <summary>Runs in the caller's transaction; answers with the rows that are gone.</summary>
    /// <param name="db">The context.</param>
    /// <param name="tenant">Whose prompts.</param>
    /// <param name="leased">Prompts that stay.</param>
    /// <param name="now">When that is.</param>
    public static async Task<List<PromptRow>> RunAsync(FarmDb db, string tenant, IReadOnlyCollection<Guid> leased, DateTimeOffset now)
    {
        object[] parameters = [tenant, now.ToUnixTimeMilliseconds(), .. leased];
        // status < 2 is what lets SQLite use the index of unfinished prompts.
        var which = "tenant = {0} AND status = 0 AND status < 2" + (leased.Count == 0 ? "" : $" AND run_id NOT IN ({string.Join(", ", leased.Select((_, i) => $"{{{i + 2}}}"))})");
        if (db is SqliteFarmDb)
            await db.Database.ExecuteSqlRawAsync(NoteFrom("prompts", which), parameters);
        var gone = await db.Prompts.FromSqlRaw(db is SqliteFarmDb ? Delete(which) : DeleteAndNote(which), parameters).AsNoTracking().ToListAsync();
        // The few that had lost attempts have more to tell than a statement can.
        db.Ledger.AddRange(gone.Where(prompt => prompt.Lost is not null).Select(prompt => LedgerRows.OfDeleted(prompt, now)));
        return gone;
    }

    private static string Delete(string which) => $"DELETE FROM prompts WHERE {which} RETURNING *";

    private static string DeleteAndNote(string which) =>
        $"WITH gone AS ({Delete(which)}), noted AS ({NoteFrom("gone", "TRUE")}) SELECT * FROM gone";

    private static string NoteFrom(string table, string which) => string.Create(CultureInfo.InvariantCulture, $$"""
        INSERT INTO ledger (run_id, tenant, "user", prompt_id, status, queued_at, ended_at, outputs, gpu_time, batch_id, batch_index)
        SELECT run_id, tenant, "user", prompt_id, {{(int)LedgerStatus.Deleted}}, created_at, {1}, 0, 0, batch_id, batch_index
        FROM {{table}} WHERE lost_attempts IS NULL AND {{which}}
        """);
}
