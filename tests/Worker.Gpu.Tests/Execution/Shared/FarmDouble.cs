using System.Diagnostics.Metrics;
using Farm.Contracts.Caching;
using Farm.Worker.Execution.Caching.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Farm.Worker.Tests.Execution.Shared;

/// <summary>A farm's results in a dictionary, which tests can break, and workers on it.</summary>
internal sealed class FarmDouble : IFarmResults, IModelIdentities
{
    public Dictionary<ResultKey, SharedResult> Results { get; } = [];

    public List<ResultKey> GivenUp { get; } = [];

    public int Asked { get; private set; }

    /// <summary>What a call gets to see instead of an answer.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Whether calls get no answer.</summary>
    public bool Silent { get; set; }

    /// <summary>Contents of model files by <c>kind/name</c>; null is one that cannot be read.</summary>
    public Dictionary<string, string?> Files { get; } = [];

    public SharedResults Worker(string numerics = "cpu", SharedResultOptions? options = null, TimeProvider? clock = null) => new(
        this, new ResultFormat([]), this, new NumericContext(numerics), Options.Create(options ?? new SharedResultOptions()), clock ?? TimeProvider.System,
        new SharedResultInstruments(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()), NullLogger<SharedResults>.Instance);

    public Task<SharedResult?> FindAsync(ResultKey key, TimeSpan patience)
    {
        Asked++;
        if (Silent)
            return new TaskCompletionSource<SharedResult?>().Task;
        return Failure is null ? Task.FromResult(Results.GetValueOrDefault(key)) : Task.FromException<SharedResult?>(Failure);
    }

    public Task StoreAsync(ResultKey key, SharedResult result)
    {
        lock (Results)
            Results[key] = result;
        Stored.Release();
        return Task.CompletedTask;
    }

    public Task GiveUpAsync(ResultKey key)
    {
        GivenUp.Add(key);
        Stored.Release();
        return Task.CompletedTask;
    }

    /// <summary>Counts what was stored or given up: workers do not wait for it.</summary>
    public SemaphoreSlim Stored { get; } = new(0);

    ModelIdentity? IModelIdentities.Find(string tenant, string kind, string name) =>
        Files.TryGetValue($"{kind}/{name}", out var content) ? new ModelIdentity(() => Task.FromResult(content)) : null;
}
