using Farm.Contracts.Prompts;
using Farm.Grains.Prompts;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Farm.Grains.Persistence;

/// <summary>A context whose connection is kept open from commit to commit; a new one after a failure.</summary>
internal sealed class CommitConnection(IDbContextFactory<FarmDb> contexts, PersistenceInstruments instruments) : IAsyncDisposable
{
    // Extended result codes of SQLite: https://www.sqlite.org/rescode.html
    private const int SqliteConstraintPrimaryKey = 1555;
    private const int SqliteConstraintUnique = 2067;

    private FarmDb? _db;

    /// <summary>Commits writes together.</summary>
    /// <returns>What made all of them fail; null when they are durable.</returns>
    public async Task<Exception?> TryCommitAsync(List<PendingWrite> batch)
    {
        try
        {
            var db = _db ?? await OpenAsync();
            if (db is SqliteFarmDb) await CommitAsync(db, batch, []);
            else await CommitAsync(db, batch.FindAll(write => write.Change is null), batch.FindAll(write => write.Change is not null));
            instruments.Committed(batch.Count);
            return null;
        }
        catch (Exception error) when (error is DbUpdateConcurrencyException || IsDuplicate(error.InnerException ?? error))
        {
            await DisposeAsync();
            return new StaleWriteException("The row was changed meanwhile, or exists already.", error);
        }
        catch (Exception error)
        {
            // Every failure is answered to the caller whose write it is; the writer itself goes on.
            await DisposeAsync();
            return Outage.IsBehind(error) && !(batch.Count > 1 && IsDeadlock(error)) ? new StoreUnavailableException("The database does not answer.", error) : error;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_db is not null) await _db.DisposeAsync();
        _db = null;
    }

    /// <summary>Commits writes of any kind through the tracker and changes of prompts as sets; sets alone are one round trip.</summary>
    private static async Task CommitAsync(FarmDb db, List<PendingWrite> writes, List<PendingWrite> changes)
    {
        if (writes.Count == 0)
        {
            await WriteSetsAsync(db, changes);
            return;
        }
        await using var transaction = await db.Database.BeginTransactionAsync();
        foreach (var write in writes) await write.Apply(db);
        await db.SaveChangesAsync();
        if (changes.Count > 0) await WriteSetsAsync(db, changes);
        await transaction.CommitAsync();
        db.ChangeTracker.Clear();
    }

    private static async Task WriteSetsAsync(FarmDb db, List<PendingWrite> changes)
    {
        var applied = await PromptSets.WriteAsync((NpgsqlConnection)db.Database.GetDbConnection(), changes.ConvertAll(write => write.Change!));
        for (var i = 0; i < applied.Length; i++) changes[i].IsStale = !applied[i];
    }

    private async Task<FarmDb> OpenAsync()
    {
        _db = await contexts.CreateDbContextAsync();
        await _db.Database.OpenConnectionAsync();
        // What fails fails the transaction: a savepoint would be two more round trips a commit.
        _db.Database.AutoSavepointsEnabled = false;
        return _db;
    }

    private static bool IsDuplicate(Exception error) => error switch
    {
        PostgresException postgres => postgres.SqlState == PostgresErrorCodes.UniqueViolation,
        SqliteException sqlite => sqlite.SqliteExtendedErrorCode is SqliteConstraintPrimaryKey or SqliteConstraintUnique,
        _ => false,
    };

    /// <summary>Two commits that took the same rows in different orders; taken one by one they get along.</summary>
    private static bool IsDeadlock(Exception error) =>
        (error as PostgresException ?? error.InnerException as PostgresException)?.SqlState == PostgresErrorCodes.DeadlockDetected;
}
