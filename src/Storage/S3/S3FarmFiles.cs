using Farm.Storage.Local;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Farm.Storage.S3;

/// <summary>
/// Every tenant's files in the bucket: keys of its own, contents included, so that no tenant's write shows whether another has the same bytes.
/// </summary>
internal sealed class S3FarmFiles(
    S3Bucket bucket, NameClaims claims, BlobCache cache, DataFolders folders, IOptions<FileStoreOptions> store, IOptions<S3Options> options, TimeProvider time,
    ILoggerFactory loggers) : FarmFiles(folders)
{
    public override IAsyncEnumerable<string> TenantsAsync(CancellationToken cancel = default) =>
        bucket.FoldersAsync(S3Keys.Tenants, cancel).Where(TenantName.IsAllowed).Prepend(TenantName.Default);

    /// <summary>Removes what no name of a tenant stands for.</summary>
    public S3Sweep Sweep(string tenant)
    {
        var own = BucketOf(tenant);
        return new S3Sweep(own, new NameTable(own, claims.For(own), time), options, time);
    }

    protected override TenantFiles Open(string tenant, DataFolders own)
    {
        var ownBucket = BucketOf(tenant);
        var ownClaims = claims.For(ownBucket);
        var names = new NameTable(ownBucket, ownClaims, time);
        var blobs = new Blobs(ownBucket, options, time, loggers.CreateLogger<Blobs>());
        var local = new LocalParts(own, store, time);
        return new TenantFiles(
            tenant,
            new AreaFileStore(local.Store, new S3FileStore(names, blobs, cache, options, time)),
            new S3RunFiles(ownBucket, names, ownClaims, blobs, time),
            new S3ContentIndex(names, local.Contents),
            new S3FileCatalog(local.Catalog, ownBucket, names),
            own);
    }

    private S3Bucket BucketOf(string tenant) => tenant == TenantName.Default ? bucket : bucket.Below($"{S3Keys.Tenants}{tenant}/");
}
