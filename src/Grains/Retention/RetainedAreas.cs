using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Farm.Storage;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Retention;

/// <summary>Files of an area, by when they were written.</summary>
internal abstract class RetainedArea(IRetentionStore store, IFarmFiles farm, IOptions<RetentionOptions> options, TimeProvider clock, ILogger logger)
    : RetainedFiles(store, farm, options, clock, logger)
{
    /// <summary>The area.</summary>
    protected abstract FileArea Area { get; }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<string>> TenantsAsync(CancellationToken cancel) => await Farm.TenantsAsync(cancel).ToListAsync(cancel);

    /// <summary>The files that rules apply to.</summary>
    protected virtual IEnumerable<FileEntry> Choose(IReadOnlyCollection<FileEntry> all) => all;

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<IReadOnlyList<RetainedFile>> PastAsync(
        string tenant, RetentionLimit limit, Func<int> stayed, [EnumeratorCancellation] CancellationToken cancel)
    {
        var all = new List<FileEntry>();
        await foreach (var file in Farm.Of(tenant).Store.ListAsync(Area, "", recursive: true, cancel)) all.Add(file);
        var beyond = limit.Keep is { } keep ? all.OrderByDescending(file => file.ModifiedAt).Skip((int)Math.Min(keep, int.MaxValue)).ToHashSet() : [];
        var past = Choose(all).Where(file => file.ModifiedAt < limit.Before || beyond.Contains(file)).OrderBy(file => file.ModifiedAt);
        foreach (var step in past.Chunk(StepSize)) yield return [.. step.Select(file => new RetainedFile(file, file.ModifiedAt))];
    }

    /// <inheritdoc/>
    protected override async Task TidyAsync(string tenant, CancellationToken cancel)
    {
        var files = Farm.Of(tenant).Store;
        foreach (var step in (await Store.HiddenAsync(tenant, Root)).Chunk(StepSize))
        {
            var gone = new List<string>();
            foreach (var path in step)
                if (!FileKey.TryCreate(Area, out var key, path) || await files.FindAsync(key, cancel) is null) gone.Add(path);
            await Store.ForgetAsync(tenant, Root, gone);
        }
    }
}

/// <summary>Results. Of each series of numbered files the last stays: its number must not come again, for history names files by it.</summary>
internal sealed partial class RetainedOutputs(
    IRetentionStore store, IFarmFiles farm, IOptions<RetentionOptions> options, TimeProvider clock, ILogger<RetainedOutputs> logger)
    : RetainedArea(store, farm, options, clock, logger)
{
    /// <inheritdoc/>
    public override string Kind => RetentionKinds.Outputs;

    /// <inheritdoc/>
    protected override string Root => "output";

    /// <inheritdoc/>
    protected override FileArea Area => FileArea.Output;

    /// <inheritdoc/>
    protected override IEnumerable<FileEntry> Choose(IReadOnlyCollection<FileEntry> all)
    {
        var last = all.GroupBy(file => Series(file.Key)).Where(series => series.Key is not null)
            .Select(series => series.MaxBy(file => Number(file.Key)))
            .ToHashSet();
        return all.Where(file => !last.Contains(file));
    }

    private static (string Folder, string Prefix)? Series(FileKey key) => Numbered().Match(key.Name) is { Success: true } match ? (key.Folder, match.Groups["prefix"].Value) : null;

    private static decimal Number(FileKey key) => decimal.Parse(Numbered().Match(key.Name).Groups["number"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<prefix>.+)_(?<number>[0-9]{5,18})_", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Numbered();
}

/// <summary>Previews and other files that may go at any time.</summary>
internal sealed class RetainedTemp(
    IRetentionStore store, IFarmFiles farm, IOptions<RetentionOptions> options, TimeProvider clock, ILogger<RetainedTemp> logger)
    : RetainedArea(store, farm, options, clock, logger)
{
    /// <inheritdoc/>
    public override string Kind => RetentionKinds.Temp;

    /// <inheritdoc/>
    public override TimeSpan DefaultAge => TimeSpan.FromDays(1);

    /// <inheritdoc/>
    protected override string Root => "temp";

    /// <inheritdoc/>
    protected override FileArea Area => FileArea.Temp;
}
