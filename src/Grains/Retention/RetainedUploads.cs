using System.Runtime.CompilerServices;
using Farm.Grains.Assets;
using Farm.Storage;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Retention;

/// <summary>Assets of the input folder with their files, by when they were last made, changed or read.</summary>
internal sealed class RetainedUploads(
    IRetentionStore store, IFarmFiles farm, IOptions<RetentionOptions> options, TimeProvider clock, ILogger<RetainedUploads> logger)
    : RetainedFiles(store, farm, options, clock, logger)
{
    /// <inheritdoc/>
    public override string Kind => RetentionKinds.Assets;

    /// <inheritdoc/>
    protected override string Root => "input";

    /// <inheritdoc/>
    public override Task<IReadOnlyList<string>> TenantsAsync(CancellationToken cancel) => Store.TenantsAsync();

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<IReadOnlyList<RetainedFile>> PastAsync(
        string tenant, RetentionLimit limit, Func<int> stayed, [EnumeratorCancellation] CancellationToken cancel)
    {
        var files = Farm.Of(tenant).Store;
        var before = await Store.UploadsBeforeAsync(tenant, limit);
        while (await Store.UploadsAsync(tenant, before, stayed(), StepSize) is { Count: > 0 } uploads)
        {
            var found = new List<RetainedFile>(uploads.Count);
            foreach (var upload in uploads)
                if (AssetFiles.KeyOf(upload.Place) is { } key)
                    found.Add(new RetainedFile(await files.FindAsync(key, cancel) ?? new FileEntry(key, upload.Bytes, upload.UsedAt), upload.UsedAt, upload.Hash));
            if (found.Count < uploads.Count) yield break; // a place that is none: nothing can be said of what follows it
            yield return found;
        }
    }
}
