using System.Runtime.CompilerServices;
using Farm.Storage;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Retention;

/// <summary>
/// Files with their assets. An asset is hidden, then the file goes, then the asset's row: where a run ends between two of these, the next finds the file or the
/// hidden row and goes on. What something holds stays, and so does what lies behind a symbolic link.
/// </summary>
internal abstract class RetainedFiles(IRetentionStore store, IFarmFiles farm, IOptions<RetentionOptions> options, TimeProvider clock, ILogger logger) : IRetained
{
    /// <summary>Clocks of the farm's processes may differ by this much.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public abstract string Kind { get; }

    /// <inheritdoc/>
    public virtual TimeSpan DefaultAge => TimeSpan.Zero;

    /// <summary>Where the files lie, as assets name it.</summary>
    protected abstract string Root { get; }

    /// <summary>The files of all tenants.</summary>
    protected IFarmFiles Farm => farm;

    /// <summary>What retention asks of the database.</summary>
    protected IRetentionStore Store => store;

    /// <summary>Files in one step.</summary>
    protected int StepSize => options.Value.BatchSize;

    /// <inheritdoc/>
    public abstract Task<IReadOnlyList<string>> TenantsAsync(CancellationToken cancel);

    /// <summary>Files that are past the limit, the oldest first, a step at a time; <paramref name="stayed"/> says how many of those told stayed.</summary>
    protected abstract IAsyncEnumerable<IReadOnlyList<RetainedFile>> PastAsync(string tenant, RetentionLimit limit, Func<int> stayed, CancellationToken cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RetentionStep> StepsAsync(string tenant, RetentionLimit limit, bool remove, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (files, names) = (farm.Of(tenant), new NamesInUse());
        var (since, stayed) = (DateTimeOffset.MinValue, 0);
        await foreach (var past in PastAsync(tenant, limit, () => stayed, cancel))
        {
            // Prompts are accepted while this runs: before each step, those that came meanwhile are looked at too.
            var now = clock.GetUtcNow();
            if (!await store.AddNamesAsync(names, tenant, since, options.Value.MostSearched, cancel))
            {
                yield return new RetentionStep([], Held: past.Count, Note: $"more than {options.Value.MostSearched} prompts wait, so that not all files they name are known");
                yield break;
            }
            since = now - Skew;
            RetainedFile[] free = [.. past.Where(file => !names.Holds(file.Key.Path, file.Entry.ModifiedAt, file.Hash) && !files.Folders.IsBehindLink(file.Key))];
            string[] paths = [.. free.Select(file => file.Key.Path)];
            var held = remove ? await store.HideAsync(tenant, Root, paths) : await store.HeldAsync(tenant, Root, paths);
            var (gone, failed) = await RemoveAsync(files.Store, [.. free.Where(file => !held.Contains(file.Key.Path))], remove, cancel);
            if (remove) await store.ForgetAsync(tenant, Root, [.. gone.Select(file => file.Name)]);
            stayed += remove ? past.Count - gone.Count : past.Count;
            yield return new RetentionStep(gone, past.Count - gone.Count - failed, failed);
        }
        if (remove) await TidyAsync(tenant, cancel);
    }

    /// <summary>Called after a run went through.</summary>
    protected virtual Task TidyAsync(string tenant, CancellationToken cancel) => Task.CompletedTask;

    private async Task<(List<RetainedItem> Gone, int Failed)> RemoveAsync(IFileStore files, IReadOnlyList<RetainedFile> free, bool remove, CancellationToken cancel)
    {
        var (gone, failed) = (new List<RetainedItem>(free.Count), 0);
        foreach (var file in free)
        {
            try
            {
                // A file that was written again since it was listed is another one.
                if (remove && await files.FindAsync(file.Key, cancel) is { } found && found.ModifiedAt == file.Entry.ModifiedAt) await files.DeleteAsync(file.Key, cancel);
                gone.Add(new RetainedItem(file.Key.Path, file.At, file.Entry.Size));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                RetentionLog.FileStays(logger, error, file.Key.ToString());
                failed++;
            }
        }
        return (gone, failed);
    }
}

/// <summary>A file that is past its limit.</summary>
/// <param name="Entry">The file as it was found.</param>
/// <param name="At">The time that its age counts from.</param>
/// <param name="Hash">Its content's hash, where prompts may name it by that.</param>
internal sealed record RetainedFile(FileEntry Entry, DateTimeOffset At, string? Hash = null)
{
    /// <summary>Its name.</summary>
    public FileKey Key => Entry.Key;
}
