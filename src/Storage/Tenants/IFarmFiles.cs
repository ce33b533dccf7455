using Farm.Storage.Hashing;

namespace Farm.Storage;

/// <summary>
/// The files of every tenant. There is no way to a file but through its tenant: a name means another file, or none, for each of them.
/// Models and node packs are the farm's and the same for all.
/// </summary>
public interface IFarmFiles
{
    /// <summary>The files of a tenant, which need not have any yet. Throws <see cref="UnsafeFileNameException"/> for a name that <see cref="TenantName"/> does not allow.</summary>
    TenantFiles Of(string tenant);

    /// <summary>The tenants that have or had files, <see cref="TenantName.Default"/> first.</summary>
    IAsyncEnumerable<string> TenantsAsync(CancellationToken cancel = default);
}

/// <summary>What a tenant has of the store.</summary>
/// <param name="Tenant">Whose files they are.</param>
/// <param name="Store">Files by name.</param>
/// <param name="Runs">Files that runs write.</param>
/// <param name="Contents">Which files hold a content; never another tenant's.</param>
/// <param name="Catalog">What combos offer.</param>
/// <param name="Folders">Where they lie on this machine, as far as they do.</param>
public sealed record TenantFiles(string Tenant, IFileStore Store, IRunFiles Runs, IContentIndex Contents, IFileCatalog Catalog, DataFolders Folders);
