using System.Collections.Immutable;
using Farm.Contracts.Workers;

namespace Farm.Contracts.Catalog;

/// <summary>
/// The union of the node definitions of all workers, known and versioned even while no worker lives, and the workers
/// themselves. There is one, keyed <see cref="Key"/>.
/// </summary>
[Alias("farm.ICatalogGrain")]
public interface ICatalogGrain : IGrainWithStringKey
{
    /// <summary>The key of the farm's catalogue.</summary>
    const string Key = "farm";

    /// <summary>A worker says who it is and which nodes it has. Stored; a changed union raises the version.</summary>
    [Alias("Register")]
    Task RegisterAsync(WorkerManifest manifest);

    /// <summary>
    /// A worker says how it does; it counts as alive for a while. False when the catalogue does not know it (any more): it must
    /// register again.
    /// </summary>
    [Alias("Heartbeat")]
    Task<bool> HeartbeatAsync(WorkerStatus status);

    /// <summary>A worker leaves.</summary>
    [Alias("Leave")]
    Task LeaveAsync(string workerId);

    /// <summary>Waits until the version differs from <paramref name="knownVersion"/> (at most 20 seconds), then returns what is known.</summary>
    [Alias("Get"), ResponseTimeout("00:00:10")]
    Task<CatalogSnapshot> GetAsync(long knownVersion);

    /// <summary>The workers that are alive, by name.</summary>
    [Alias("Workers"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<ImmutableArray<WorkerInfo>> WorkersAsync();

    /// <summary>The classes that a manifest names; empty when the hash is unknown.</summary>
    [Alias("Classes")]
    Task<ImmutableArray<string>> ClassesAsync(string manifestHash);
}

/// <summary>All node definitions at one version.</summary>
/// <param name="Version">Grows with every change; -1 is never used.</param>
/// <param name="Definitions">One a class, in the order of first registration.</param>
[GenerateSerializer, Immutable, Alias("farm.CatalogSnapshot")]
public sealed record CatalogSnapshot(long Version, ImmutableArray<NodeDefinition> Definitions);
