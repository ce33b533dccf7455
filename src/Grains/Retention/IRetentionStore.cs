using Farm.Contracts.Assets;

namespace Farm.Grains.Retention;

/// <summary>What retention asks of the database about files.</summary>
internal interface IRetentionStore
{
    /// <summary>When the last run began; long ago where there was none.</summary>
    Task<DateTimeOffset> LastRunAsync();

    /// <summary>Notes when a run began.</summary>
    Task SetLastRunAsync(DateTimeOffset at);

    /// <summary>Adds what prompts of the tenant name that wait or run and were accepted at some time or later; false, and nothing is known, where there are more than <paramref name="most"/>.</summary>
    Task<bool> AddNamesAsync(NamesInUse names, string tenant, DateTimeOffset since, int most, CancellationToken cancel);

    /// <summary>Those of the files whose assets hold them: tagged or noted by a user, shown in the place of another asset, their content shared, or made by a batch that is not over.</summary>
    Task<IReadOnlySet<string>> HeldAsync(string tenant, string root, IReadOnlyCollection<string> paths);

    /// <summary>Hides the assets of files that nothing holds, so that nobody can hold them any more, and answers with those that are held.</summary>
    Task<IReadOnlySet<string>> HideAsync(string tenant, string root, IReadOnlyCollection<string> paths);

    /// <summary>Forgets the hidden assets of files that are gone; one that is shown again stays.</summary>
    Task ForgetAsync(string tenant, string root, IReadOnlyCollection<string> paths);

    /// <summary>Files of assets that are hidden and not held, whether the files are there or not.</summary>
    Task<IReadOnlyList<string>> HiddenAsync(string tenant, string root);

    /// <summary>The moment before which uploads of a tenant must have been used last to be past the limit.</summary>
    Task<DateTimeOffset> UploadsBeforeAsync(string tenant, RetentionLimit limit);

    /// <summary>Uploads that are assets and were not used since, the longest unused first.</summary>
    Task<IReadOnlyList<RetainedUpload>> UploadsAsync(string tenant, DateTimeOffset before, int skip, int take);

    /// <summary>The tenants that have assets.</summary>
    Task<IReadOnlyList<string>> TenantsAsync();
}

/// <summary>An upload.</summary>
/// <param name="Place">Its file.</param>
/// <param name="Hash">Its content.</param>
/// <param name="UsedAt">When it was made, changed or read, the last of these.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record RetainedUpload(AssetPlace Place, string Hash, DateTimeOffset UsedAt, long Bytes);
