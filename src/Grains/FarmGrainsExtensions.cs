using Farm.Grains.Assets;
using Farm.Grains.Batches;
using Farm.Grains.Caching;
using Farm.Grains.Catalog;
using Farm.Grains.History;
using Farm.Grains.Keys;
using Farm.Grains.Persistence;
using Farm.Grains.Prompts;
using Farm.Grains.Retention;
using Farm.Grains.Scheduling;
using Farm.Grains.Sessions;
using Farm.Grains.Users;
using Farm.Grains.Webhooks;

namespace Farm.Grains;

/// <summary>The farm's grains on a silo.</summary>
public static class FarmGrainsExtensions
{
    /// <summary>
    /// Everything the CPU silo hosts. Clustering is the caller's: localhost in one process, Redis in a cluster. The options are
    /// those of the sections <c>Farm:Database</c>, <c>Farm:Prompts</c>, <c>Farm:Batches</c>, <c>Farm:Webhooks</c>, <c>Farm:History</c>, <c>Farm:Scheduling</c>,
    /// <c>Farm:Catalog</c>, <c>Farm:SharedResults</c>, <c>Farm:Sessions</c>, <c>Farm:Settings</c>,
    /// <c>Farm:Keys</c>, <c>Farm:Assets</c>, <c>Farm:Retention</c> and <c>Farm:Data</c>.
    /// </summary>
    public static ISiloBuilder AddFarmGrains(this ISiloBuilder silo, IConfiguration configuration) => silo
        .AddPersistence(configuration)
        .AddPrompts(configuration)
        .AddBatches(configuration)
        .AddWebhooks(configuration)
        .AddHistory(configuration)
        .AddScheduling(configuration)
        .AddCatalog(configuration)
        .AddSharedResults(configuration)
        .AddSessions(configuration)
        .AddUsers(configuration)
        .AddKeys(configuration)
        .AddAssets(configuration)
        .AddRetention(configuration);
}
