using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Farm.Grains.Persistence;

/// <summary>
/// Sets each SQLite connection up: readers beside the one writer (WAL), and how much a commit waits for. With
/// <c>synchronous=NORMAL</c> a commit is in the operating system's hands, so that it outlives this process.
/// </summary>
internal sealed class SqlitePragmas(string synchronous) : DbConnectionInterceptor
{
    /// <summary>SQLite's own handles that are set up: connections come from a pool and open the same handle again and again.</summary>
    private readonly ConditionalWeakTable<object, object> _done = [];

    private readonly string _commands =
        $"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA busy_timeout=10000; PRAGMA temp_store=MEMORY;";

    /// <inheritdoc/>
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    /// <inheritdoc/>
    public override Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    private void Apply(DbConnection connection)
    {
        if (connection is not SqliteConnection { Handle: { } handle } || !_done.TryAdd(handle, this)) return;
        using var command = connection.CreateCommand();
        command.CommandText = _commands;
        command.ExecuteNonQuery();
    }
}
