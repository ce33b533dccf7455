using Farm.Grains.Catalog;
using Farm.Grains.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>Manifests in the database.</summary>
internal sealed class EfCatalogStore(IDbContextFactory<FarmDb> contexts, GroupCommit commits) : ICatalogStore
{
    /// <inheritdoc/>
    public async Task<StoredCatalog> LoadAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        var rows = await db.Manifests.AsNoTracking().OrderBy(m => m.Version).ToListAsync();
        return new StoredCatalog(
            rows.Count == 0 ? 0 : rows[^1].Version,
            [.. rows.Select(m => new StoredManifest(m.Hash, DefinitionCodec.Decode(m.Definitions)))]);
    }

    /// <inheritdoc/>
    public Task SaveAsync(StoredManifest manifest, long version) => commits.WriteAsync(async db =>
    {
        await db.Manifests.Where(m => m.Hash == manifest.Hash).ExecuteDeleteAsync();
        db.Manifests.Add(new ManifestRow
        {
            Hash = manifest.Hash,
            Tenant = "default",
            User = "default",
            Version = version,
            Definitions = DefinitionCodec.Encode(manifest.Definitions),
        });
    });
}
