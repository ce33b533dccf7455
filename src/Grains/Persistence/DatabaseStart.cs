using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Persistence;

/// <summary>Makes the database ready before the first grain of this silo.</summary>
internal sealed class DatabaseStart(
    IDbContextFactory<FarmDb> contexts, IOptions<DatabaseOptions> options, ILogger<DatabaseStart> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>The advisory lock of PostgreSQL under which one process of several migrates; any number that nobody else takes.</summary>
    private const long MigrationLock = 0x4641_524D;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(DatabaseStart), ServiceLifecycleStage.RuntimeInitialize, PrepareAsync);

    /// <summary>Applies pending migrations where the options say so; else refuses a database that is behind.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        if (options.Value.Migrate)
        {
            await MigrateAsync(cancellation);
            return;
        }
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var pending = (await db.Database.GetPendingMigrationsAsync(cancellation)).Count();
        if (pending > 0)
            throw new InvalidDataException($"The database lacks {pending} migrations, and {DatabaseOptions.Section}:Migrate is false: run the Grains program with the command migrate.");
    }

    /// <summary>Applies pending migrations; safe with several processes at once.</summary>
    public async Task MigrateAsync(CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        await db.Database.OpenConnectionAsync(cancellation);
        if (options.Value.IsPostgres)
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({MigrationLock})", cancellation);
        var pending = (await db.Database.GetPendingMigrationsAsync(cancellation)).Count();
        if (pending > 0)
        {
            PersistenceLog.Migrating(logger, pending, options.Value.Provider);
            // SQLite's migration lock is a row, which a killed process leaves behind for ever; there is no second process here.
            if (options.Value.IsSqlite)
                await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellation);
            await db.Database.MigrateAsync(cancellation);
        }
        if (options.Value.IsPostgres)
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({MigrationLock})", cancellation);
    }
}
