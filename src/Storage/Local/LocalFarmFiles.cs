using Microsoft.Extensions.Options;

namespace Farm.Storage.Local;

/// <summary>Every tenant's files in local folders or on a shared volume: folders of its own beside those of tenant <c>default</c>.</summary>
internal sealed class LocalFarmFiles(DataFolders folders, IOptions<FileStoreOptions> options, TimeProvider time) : FarmFiles(folders)
{
    private readonly DataFolders _folders = folders;

    public override IAsyncEnumerable<string> TenantsAsync(CancellationToken cancel = default) => _folders.TenantNames().Prepend(TenantName.Default).ToAsyncEnumerable();

    protected override TenantFiles Open(string tenant, DataFolders own)
    {
        var parts = new LocalParts(own, options, time);
        return new TenantFiles(tenant, parts.Store, new LocalRunFiles(own, parts.Guard, parts.Staging), parts.Contents, parts.Catalog, own);
    }
}

/// <summary>What serves a tenant's local folders; models and node packs lie in such in every kind of store.</summary>
internal sealed class LocalParts
{
    public LocalParts(DataFolders folders, IOptions<FileStoreOptions> options, TimeProvider time)
    {
        Guard = new LinkGuard(folders);
        Staging = new Staging(folders);
        Store = new LocalFileStore(folders, Guard, Staging);
        Contents = new LocalContentIndex(folders, Store);
        Catalog = new FileCatalog(folders, Guard, options, time);
    }

    public LinkGuard Guard { get; }

    public Staging Staging { get; }

    public LocalFileStore Store { get; }

    public LocalContentIndex Contents { get; }

    public FileCatalog Catalog { get; }
}
