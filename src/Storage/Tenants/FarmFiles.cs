using System.Collections.Concurrent;

namespace Farm.Storage;

/// <summary>Makes what a tenant has of the store when it is first asked for, and keeps it.</summary>
internal abstract class FarmFiles(DataFolders folders) : IFarmFiles, IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<TenantFiles>> _tenants = new(StringComparer.Ordinal);

    public TenantFiles Of(string tenant) => TenantName.IsAllowed(tenant)
        ? _tenants.GetOrAdd(tenant, name => new(() => Open(name, folders.For(name)))).Value
        : throw new UnsafeFileNameException(tenant, "is not a name for a tenant");

    public abstract IAsyncEnumerable<string> TenantsAsync(CancellationToken cancel = default);

    public void Dispose()
    {
        foreach (var tenant in _tenants.Values.Where(tenant => tenant.IsValueCreated))
            (tenant.Value.Runs as IDisposable)?.Dispose();
    }

    /// <summary>Makes what a tenant has.</summary>
    protected abstract TenantFiles Open(string tenant, DataFolders own);
}
