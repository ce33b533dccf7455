using System.Threading.Channels;
using Farm.Contracts.Prompts;
using Farm.Grains.Prompts;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Farm.Grains.Persistence;

/// <summary>
/// The only writer of this process. Writes that come up while a commit is under way share the next one, so that the cost of a
/// commit is divided by the load, and one at a time waits for nobody. A write's task completes when it is durable.
/// </summary>
internal sealed class GroupCommit : IAsyncDisposable
{
    // Extended result codes of SQLite: https://www.sqlite.org/rescode.html
    private const int SqliteConstraintPrimaryKey = 1555;
    private const int SqliteConstraintUnique = 2067;

    private readonly Channel<PendingWrite> _writes = Channel.CreateUnbounded<PendingWrite>(new() { SingleReader = true });
    private readonly IDbContextFactory<FarmDb> _contexts;
    private readonly int _maxBatch;
    private readonly PersistenceInstruments _instruments;
    private readonly ILogger<GroupCommit> _logger;
    private readonly Task _loop;

    /// <summary>The writer's own context, its connection kept open from commit to commit; a new one after a failure.</summary>
    private FarmDb? _db;

    public GroupCommit(
        IDbContextFactory<FarmDb> contexts, IOptions<DatabaseOptions> options, PersistenceInstruments instruments, ILogger<GroupCommit> logger)
    {
        _contexts = contexts;
        _maxBatch = options.Value.MaxBatch;
        _instruments = instruments;
        _logger = logger;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Commits tracked changes: rows added, attached and marked, or removed.</summary>
    public Task WriteAsync(Action<FarmDb> stage) => WriteAsync(db =>
    {
        stage(db);
        return Task.CompletedTask;
    });

    /// <summary>Commits what a function does in the transaction.</summary>
    public Task WriteAsync(Func<FarmDb, Task> apply)
    {
        var write = new PendingWrite(apply);
        return _writes.Writer.TryWrite(write)
            ? write.Done.Task
            : Task.FromException(new ObjectDisposedException(nameof(GroupCommit), "The farm is shutting down."));
    }

    /// <summary>Commits what is pending, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _loop;
        await CloseAsync();
    }

    private async Task RunAsync()
    {
        var batch = new List<PendingWrite>(_maxBatch);
        while (await _writes.Reader.WaitToReadAsync())
        {
            while (batch.Count < _maxBatch && _writes.Reader.TryRead(out var write)) batch.Add(write);
            await CommitAsync(batch);
            batch.Clear();
        }
    }

    private async Task CommitAsync(List<PendingWrite> batch)
    {
        var error = await TryCommitAsync(batch);
        if (error is null or StoreUnavailableException || batch.Count == 1)
        {
            foreach (var write in batch) write.End(error);
            return;
        }
        // One write of the batch is at fault, a stale one mostly: each gets its own answer.
        PersistenceLog.BatchSplit(_logger, batch.Count);
        foreach (var write in batch) write.End(await TryCommitAsync([write]));
    }

    private async Task<Exception?> TryCommitAsync(List<PendingWrite> batch)
    {
        try
        {
            var db = _db ?? await OpenAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            foreach (var write in batch) await write.Apply(db);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            db.ChangeTracker.Clear();
            _instruments.Committed(batch.Count);
            return null;
        }
        catch (DbUpdateException error) when (error is DbUpdateConcurrencyException || IsDuplicate(error))
        {
            await CloseAsync();
            return new StaleWriteException("The row was changed meanwhile, or exists already.", error);
        }
        catch (Exception error)
        {
            // Every failure is answered to the caller whose write it is; the writer itself goes on.
            await CloseAsync();
            return Outage.IsBehind(error) ? new StoreUnavailableException("The database does not answer.", error) : error;
        }
    }

    private async Task<FarmDb> OpenAsync()
    {
        _db = await _contexts.CreateDbContextAsync();
        await _db.Database.OpenConnectionAsync();
        return _db;
    }

    private async Task CloseAsync()
    {
        if (_db is not null) await _db.DisposeAsync();
        _db = null;
    }

    private static bool IsDuplicate(DbUpdateException error) => error.InnerException switch
    {
        PostgresException postgres => postgres.SqlState == PostgresErrorCodes.UniqueViolation,
        SqliteException sqlite => sqlite.SqliteExtendedErrorCode is SqliteConstraintPrimaryKey or SqliteConstraintUnique,
        _ => false,
    };

    private sealed class PendingWrite(Func<FarmDb, Task> apply)
    {
        public Func<FarmDb, Task> Apply { get; } = apply;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void End(Exception? error)
        {
            if (error is null) Done.SetResult();
            else Done.SetException(error);
        }
    }
}
