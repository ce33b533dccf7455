using System.Collections.Frozen;
using Farm.Contracts.Catalog;
using Farm.Gateway.Http;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Catalog;

/// <summary>
/// The farm's node classes, kept current by a long poll on <see cref="ICatalogGrain"/>, so that a request never waits for a grain to
/// know them.
/// </summary>
internal sealed partial class CatalogCache(
    IGrainFactory grains, TimeProvider time, IOptions<GatewayOptions> options, ILogger<CatalogCache> logger) : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile NodeCatalog _current = NodeCatalog.Empty;

    /// <summary>Whether the farm has told what it knows, be it nothing.</summary>
    public bool IsRead => _current != NodeCatalog.Empty;

    /// <summary>Whether any class is known.</summary>
    public bool IsLoaded => _loaded.Task.IsCompletedSuccessfully;

    /// <summary>The classes known now; waits for the first ones, and gives up with 503 after <see cref="GatewayOptions.CatalogPatience"/>.</summary>
    public async ValueTask<NodeCatalog> CurrentAsync(CancellationToken cancel)
    {
        if (_loaded.Task.IsCompletedSuccessfully)
            return _current;
        try
        {
            await _loaded.Task.WaitAsync(options.Value.CatalogPatience, time, cancel);
        }
        catch (TimeoutException)
        {
            throw new RequestRefusedException(
                "farm_unavailable", "The farm's node classes are not known yet", "Try again in a moment.", StatusCodes.Status503ServiceUnavailable);
        }
        return _current;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var grain = grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var snapshot = await grain.GetAsync(_current.Version).WaitAsync(stoppingToken);
                if (snapshot.Version != _current.Version)
                    Take(snapshot);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                PollFailed(logger, failure);
                await Task.Delay(RetryDelay, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private void Take(CatalogSnapshot snapshot)
    {
        _current = new NodeCatalog(snapshot);
        Updated(logger, snapshot.Version, snapshot.Definitions.Length);
        // A farm that has just started knows no class before its first worker joins; requests wait for it.
        if (snapshot.Definitions.Length > 0)
            _loaded.TrySetResult();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Catalogue version {Version}: {Count} node classes")]
    private static partial void Updated(ILogger logger, long version, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The catalogue could not be read; trying again")]
    private static partial void PollFailed(ILogger logger, Exception failure);
}

/// <summary>All node classes at one version.</summary>
internal sealed class NodeCatalog
{
    private readonly FrozenDictionary<string, NodeSpec> _byClass;

    public NodeCatalog(CatalogSnapshot snapshot)
    {
        Version = snapshot.Version;
        Specs = [.. snapshot.Definitions.Select(definition => new NodeSpec(definition))];
        FileChoices = [.. Specs.SelectMany(spec => spec.Inputs).Select(input => input.Files).OfType<FileChoices>().Distinct()];
        _byClass = Specs.ToFrozenDictionary(spec => spec.Definition.ClassType, StringComparer.Ordinal);
    }

    /// <summary>What is known before anything is.</summary>
    public static NodeCatalog Empty { get; } = new(new CatalogSnapshot(-1, []));

    /// <summary>The catalogue's version.</summary>
    public long Version { get; }

    /// <summary>The classes, in order of first registration.</summary>
    public IReadOnlyList<NodeSpec> Specs { get; }

    /// <summary>The file combos that the classes have, each once.</summary>
    public IReadOnlyList<FileChoices> FileChoices { get; }

    /// <summary>The class of that name, or null.</summary>
    public NodeSpec? Find(string classType) => _byClass.GetValueOrDefault(classType);
}
