using Farm.Grains.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>The farm's database. One model for both providers; each has its own migrations.</summary>
internal abstract class FarmDb(DbContextOptions options) : DbContext(options)
{
    /// <summary>One row a submission: where it stands. Narrow, because it is written at every change.</summary>
    public DbSet<PromptRow> Prompts => Set<PromptRow>();

    /// <summary>The submissions' graphs: written once.</summary>
    public DbSet<GraphRow> Graphs => Set<GraphRow>();

    /// <summary>Ended prompts in order of completion: history.</summary>
    public DbSet<ResultRow> Results => Set<ResultRow>();

    /// <summary>Manifests of worker builds.</summary>
    public DbSet<ManifestRow> Manifests => Set<ManifestRow>();

    /// <summary>Named counters.</summary>
    public DbSet<CounterRow> Counters => Set<CounterRow>();

    /// <summary>Users of multi-user mode.</summary>
    public DbSet<UserRow> Users => Set<UserRow>();

    /// <summary>Settings, a row each.</summary>
    public DbSet<SettingRow> Settings => Set<SettingRow>();

    /// <summary>What became of prompts; stays when their history goes.</summary>
    public DbSet<LedgerRow> Ledger => Set<LedgerRow>();

    /// <summary>Batches: where each stands.</summary>
    public DbSet<BatchRow> Batches => Set<BatchRow>();

    /// <summary>What the batches are made of.</summary>
    public DbSet<BatchDefinitionRow> BatchDefinitions => Set<BatchDefinitionRow>();

    /// <summary>The batches' indices, from their expansion on.</summary>
    public DbSet<BatchItemRow> BatchItems => Set<BatchItemRow>();

    /// <summary>Messages on their way to addresses.</summary>
    public DbSet<WebhookRow> Webhooks => Set<WebhookRow>();

    /// <summary>Named references to contents.</summary>
    public DbSet<AssetRow> Assets => Set<AssetRow>();

    /// <summary>The assets' tags.</summary>
    public DbSet<AssetTagRow> AssetTags => Set<AssetTagRow>();

    /// <summary>The assets' metadata, to be found by.</summary>
    public DbSet<AssetMetadataRow> AssetMetadata => Set<AssetMetadataRow>();

    /// <summary>Workers that get no prompts.</summary>
    public DbSet<WorkerRow> WorkersSetAside => Set<WorkerRow>();

    /// <summary>Device memory that shapes of prompts and models were seen to take.</summary>
    public DbSet<MemoryRow> MemoryFigures => Set<MemoryRow>();

    /// <summary>API keys.</summary>
    public DbSet<KeyRow> Keys => Set<KeyRow>();

    /// <summary>The keys that gateways encrypt their cookies with.</summary>
    public DbSet<KeyRingRow> KeyRing => Set<KeyRingRow>();

    /// <summary>What operators did.</summary>
    public DbSet<AuditRow> Audit => Set<AuditRow>();

    /// <summary>Pools that operators have paused.</summary>
    public DbSet<PausedPoolRow> PausedPools => Set<PausedPoolRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ApplyConfigurationsFromAssembly(typeof(FarmDb).Assembly);
}

/// <summary>On SQLite: one process, one file.</summary>
internal sealed class SqliteFarmDb(DbContextOptions<SqliteFarmDb> options) : FarmDb(options);

/// <summary>On PostgreSQL: many silos.</summary>
internal sealed class NpgsqlFarmDb(DbContextOptions<NpgsqlFarmDb> options) : FarmDb(options)
{
    /// <inheritdoc/>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        // A set and the rest belong to one transaction; the farm's writers have one open.
        if (Database.CurrentTransaction is not null) await SetStatements.WriteAsync(this, cancellationToken);
        return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }
}
