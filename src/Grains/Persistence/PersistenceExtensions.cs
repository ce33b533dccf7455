using System.Globalization;
using Farm.Grains.Assets;
using Farm.Grains.Audit;
using Farm.Grains.Batches;
using Farm.Grains.Catalog;
using Farm.Grains.History;
using Farm.Grains.Jobs;
using Farm.Grains.Keys;
using Farm.Grains.Ledger;
using Farm.Grains.Persistence.Retention;
using Farm.Grains.Prompts;
using Farm.Grains.Retention;
using Farm.Grains.Scheduling;
using Farm.Grains.Users;
using Farm.Grains.Webhooks;
using Farm.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Persistence;

/// <summary>Registration of the store.</summary>
internal static class PersistenceExtensions
{
    /// <summary>The database that <c>Farm:Database</c> names, made ready at start, and the features' stores in it.</summary>
    public static ISiloBuilder AddPersistence(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddStores(configuration);
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, DatabaseStart>();
        silo.Services.AddReadyCheck<DatabaseCheck>("database");
        return silo.AddIncomingGrainCallFilter<OutageFilter>();
    }

    /// <summary>The stores alone, for programs without a silo.</summary>
    internal static void AddStores(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DatabaseOptions>()
            .Bind(configuration.GetSection(DatabaseOptions.Section))
            .PostConfigure(o => o.ConnectionString = ConnectionStringOf(o, configuration))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<DatabaseOptions>, DatabaseOptionsValidator>();
        services.AddPooledDbContextFactory<SqliteFarmDb>((provider, db) => UseSqlite(db, OptionsOf(provider)));
        services.AddPooledDbContextFactory<NpgsqlFarmDb>((provider, db) => db.UseNpgsql(PostgresOf(OptionsOf(provider))));
        services.AddSingleton<IDbContextFactory<FarmDb>>(provider => OptionsOf(provider).IsPostgres
            ? ActivatorUtilities.CreateInstance<FarmDbFactory<NpgsqlFarmDb>>(provider)
            : ActivatorUtilities.CreateInstance<FarmDbFactory<SqliteFarmDb>>(provider));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<GroupCommit>();
        services.AddSingleton<PersistenceInstruments>();
        services.AddSingleton<IPromptStore, EfPromptStore>();
        services.AddSingleton<IHistoryStore, EfHistoryStore>();
        services.AddSingleton<IQueueStore, EfQueueStore>();
        services.AddSingleton<IMemoryStore, EfMemoryStore>();
        services.AddSingleton<ICatalogStore, EfCatalogStore>();
        services.AddSingleton<IJobStore, EfJobStore>();
        services.AddSingleton<IUserStore, EfUserStore>();
        services.AddSingleton<ISettingStore, EfSettingStore>();
        services.AddSingleton<IAssetStore, EfAssetStore>();
        services.AddSingleton<ILedgerStore, EfLedgerStore>();
        services.AddSingleton<IBatchStore, EfBatchStore>();
        services.AddSingleton<IWebhookStore, EfWebhookStore>();
        services.AddSingleton<IRetentionStore, EfRetentionStore>();
        services.AddSingleton<IRetained, RetainedHistory>();
        services.AddSingleton<IRetained, RetainedLedger>();
        services.AddSingleton<IRetained, RetainedBatches>();
        services.AddSingleton<IRetained, RetainedWebhooks>();
        services.AddSingleton<IRetained, RetainedAudit>();
        services.AddSingleton<IKeyStore, EfKeyStore>();
        services.AddSingleton<IAuditStore, EfAuditStore>();
    }

    private static DatabaseOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<DatabaseOptions>>().Value;

    private static void UseSqlite(DbContextOptionsBuilder db, DatabaseOptions options)
    {
        var file = new SqliteConnectionStringBuilder(options.ConnectionString).DataSource;
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder) Directory.CreateDirectory(folder);
        db.UseSqlite(options.ConnectionString).AddInterceptors(new SqlitePragmas(options.Synchronous));
    }

    // What the connection string says comes later and counts.
    private static string PostgresOf(DatabaseOptions options) =>
        string.Create(CultureInfo.InvariantCulture, $"Max Auto Prepare={options.Prepared};Auto Prepare Min Usages=2;{options.ConnectionString}");

    private static string ConnectionStringOf(DatabaseOptions options, IConfiguration configuration) =>
        options.ConnectionString.Length > 0 || !options.IsSqlite
            ? options.ConnectionString
            : new SqliteConnectionStringBuilder { DataSource = Path.Combine(configuration["Farm:Data:Root"] ?? "data", "farm.db") }.ToString();
}

/// <summary>Makes the one provider's context where any of the two will do.</summary>
internal sealed class FarmDbFactory<TContext>(IDbContextFactory<TContext> contexts) : IDbContextFactory<FarmDb>
    where TContext : FarmDb
{
    /// <inheritdoc/>
    public FarmDb CreateDbContext() => contexts.CreateDbContext();
}
