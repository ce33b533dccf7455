using System.Threading.Channels;
using Farm.Contracts.Prompts;
using Farm.Grains.Prompts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Persistence;

/// <summary>
/// All writes of this process. Writes that come up while the commits are under way share the next one, so that the cost of a
/// commit is divided by the load, and one at a time waits for nobody. A write's task completes when it is durable.
/// </summary>
internal sealed class GroupCommit : IAsyncDisposable
{
    /// <summary>Writes of a commit after which more are expected.</summary>
    private const int Many = 8;

    private readonly Channel<PendingWrite> _writes = Channel.CreateUnbounded<PendingWrite>();
    private readonly int _maxBatch;
    private readonly TimeSpan _gather;
    private readonly ILogger<GroupCommit> _logger;
    private readonly CommitConnection[] _connections;
    private readonly Task _loops;

    public GroupCommit(
        IDbContextFactory<FarmDb> contexts, IOptions<DatabaseOptions> options, PersistenceInstruments instruments, ILogger<GroupCommit> logger)
    {
        (_maxBatch, _gather) = (options.Value.MaxBatch, options.Value.Gather);
        _logger = logger;
        // SQLite has one writer. What depends on what was written before is submitted when that is durable.
        var count = options.Value.IsPostgres ? options.Value.Writers : 1;
        _connections = [.. Enumerable.Range(0, count).Select(_ => new CommitConnection(contexts, instruments))];
        _loops = Task.WhenAll(_connections.Select(connection => Task.Run(() => RunAsync(connection))));
    }

    /// <summary>Commits tracked changes: rows added, attached and marked, or removed.</summary>
    public Task WriteAsync(Action<FarmDb> stage) => WriteAsync(db =>
    {
        stage(db);
        return Task.CompletedTask;
    });

    /// <summary>Commits what a function does in the transaction.</summary>
    public Task WriteAsync(Func<FarmDb, Task> apply) => WriteAsync(new PendingWrite(apply));

    /// <summary>Commits a prompt's change.</summary>
    /// <exception cref="StaleWriteException">Its row has moved on.</exception>
    public Task WriteAsync(PromptChange change) => WriteAsync(new PendingWrite(change));

    private Task WriteAsync(PendingWrite write) =>
        _writes.Writer.TryWrite(write) ? write.Done.Task : Task.FromException(new ObjectDisposedException(nameof(GroupCommit), "The farm is shutting down."));

    /// <summary>Commits what is pending, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _loops;
        foreach (var connection in _connections) await connection.DisposeAsync();
    }

    private async Task RunAsync(CommitConnection connection)
    {
        var batch = new List<PendingWrite>(_maxBatch);
        var last = 0;
        while (await _writes.Reader.WaitToReadAsync())
        {
            // The disk's time, which goes on where a test holds the farm's clock.
            if (last >= Many && _writes.Reader.Count < last && _gather > TimeSpan.Zero) await Task.Delay(_gather, TimeProvider.System);
            while (batch.Count < _maxBatch && _writes.Reader.TryRead(out var write)) batch.Add(write);
            // Another connection may have taken what there was.
            if (batch.Count == 0) continue;
            await CommitAsync(connection, batch);
            last = batch.Count;
            batch.Clear();
        }
    }

    private async Task CommitAsync(CommitConnection connection, List<PendingWrite> batch)
    {
        var error = await connection.TryCommitAsync(batch);
        if (error is null or StoreUnavailableException || batch.Count == 1)
        {
            foreach (var write in batch) write.End(error);
            return;
        }
        // One write of the batch is at fault, a stale one mostly: each gets its own answer.
        PersistenceLog.BatchSplit(_logger, batch.Count);
        foreach (var write in batch) write.End(await connection.TryCommitAsync([write]));
    }
}

/// <summary>One write and its answer.</summary>
internal sealed class PendingWrite
{
    public PendingWrite(Func<FarmDb, Task> apply) => Apply = apply;

    public PendingWrite(PromptChange change)
    {
        Change = change;
        Apply = db =>
        {
            change.Stage(db);
            return Task.CompletedTask;
        };
    }

    /// <summary>The change of a prompt that it is; null for any other write.</summary>
    public PromptChange? Change { get; }

    /// <summary>What it does in the transaction.</summary>
    public Func<FarmDb, Task> Apply { get; }

    /// <summary>Completes when it is durable, or refused.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the transaction left it out, because its row has moved on.</summary>
    public bool IsStale { get; set; }

    /// <summary>Answers.</summary>
    public void End(Exception? error)
    {
        if (error is null && IsStale) error = new StaleWriteException();
        if (error is null) Done.SetResult();
        else Done.SetException(error);
    }
}
