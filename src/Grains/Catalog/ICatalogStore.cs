using System.Collections.Immutable;
using Farm.Contracts.Catalog;

namespace Farm.Grains.Catalog;

/// <summary>The last known catalogue, for the time when no worker lives.</summary>
internal interface ICatalogStore
{
    /// <summary>All stored manifests, the one that was merged last at the end, and the version of their union.</summary>
    Task<StoredCatalog> LoadAsync();

    /// <summary>Stores a manifest as the one merged last, and the new version, in one commit.</summary>
    Task SaveAsync(StoredManifest manifest, long version);
}

/// <summary>What a worker build can run.</summary>
/// <param name="Hash">The manifest's hash.</param>
/// <param name="Definitions">Its node classes.</param>
internal sealed record StoredManifest(string Hash, ImmutableArray<NodeDefinition> Definitions);

/// <summary>All that is stored of the catalogue.</summary>
/// <param name="Version">Version of the union; 0 when nothing is stored.</param>
/// <param name="Manifests">Manifests in the order of merging.</param>
internal sealed record StoredCatalog(long Version, ImmutableArray<StoredManifest> Manifests);
