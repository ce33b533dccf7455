using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Persistence;

/// <summary>Makes the database ready before the first grain of this silo.</summary>
internal sealed class DatabaseStart(
    IDbContextFactory<FarmDb> contexts, IOptions<DatabaseOptions> options, ILogger<DatabaseStart> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(DatabaseStart), ServiceLifecycleStage.RuntimeInitialize, PrepareAsync);

    /// <summary>Applies pending migrations, where the options say so.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        if (!options.Value.Migrate) return;
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var pending = (await db.Database.GetPendingMigrationsAsync(cancellation)).Count();
        if (pending == 0) return;
        PersistenceLog.Migrating(logger, pending, options.Value.Provider);
        // SQLite's migration lock is a row, which a killed process leaves behind for ever; there is no second process here.
        if (options.Value.IsSqlite)
            await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellation);
        await db.Database.MigrateAsync(cancellation);
    }
}
