using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Contracts.Workers;

namespace Farm.Contracts.Scheduling;

/// <summary>
/// Decides which prompt goes to which worker. Holds ranks and requirements only, never a graph; what it knows is rebuilt
/// from the store when it starts. There is one, keyed <see cref="Key"/>.
/// </summary>
[Alias("farm.ISchedulerGrain")]
public interface ISchedulerGrain : IGrainWithStringKey
{
    /// <summary>The key of the farm's scheduler.</summary>
    const string Key = "farm";

    /// <summary>The next number of the tenant: 0, 1, 2, … , going on after a restart.</summary>
    [Alias("DrawNumber"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<long> DrawNumberAsync(string tenant);

    /// <summary>
    /// Whether the tenant may submit a prompt now: null when it may, else how long to wait until it should be asked again, because as
    /// many wait as its quota allows.
    /// </summary>
    [Alias("Admit"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<TimeSpan?> AdmitAsync(string tenant);

    /// <summary>Queues a prompt that its grain has committed. Repeating the call changes nothing.</summary>
    [Alias("Enqueue")]
    Task EnqueueAsync(QueueEntry entry);

    /// <summary>
    /// A worker asks for work and waits, at most until <paramref name="claim"/>'s patience ends; null when there was none.
    /// The moment a fitting prompt is queued, the call returns with its lease.
    /// </summary>
    [Alias("Claim")]
    Task<Lease?> ClaimAsync(WorkerClaim claim);

    /// <summary>
    /// Model files, as <c>folder/name</c>, of the first prompt that the worker would be given if its tenant's quota let it run, as far as
    /// they are not all in its memory; none where there is no such prompt.
    /// </summary>
    [Alias("NextFiles"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<ImmutableArray<string>> NextFilesAsync(string workerId);

    /// <summary>Renews the leases of a worker; answers with those it no longer holds.</summary>
    [Alias("Renew"), ResponseTimeout("00:00:03")]
    Task<ImmutableArray<Guid>> RenewAsync(string workerId, ImmutableArray<Lease> leases);

    /// <summary>
    /// The run is over or was deleted: its place and its lease end. The time of one that succeeded is what others of its shape are
    /// expected to take, and its memory what a worker should have for them. Announces the new count to the tenant's sockets before it returns.
    /// </summary>
    [Alias("Release")]
    Task ReleaseAsync(Guid runId, bool succeeded, RunUsage? usage = null);

    /// <summary>
    /// A worker failed at an attempt of a run: told once that is committed, before the run is released. One that fails the same way so many times in a
    /// row (<c>Farm:Scheduling:FaultLimit</c>) is set aside. Telling it again counts nothing.
    /// </summary>
    [Alias("Fault")]
    Task FaultAsync(string workerId, Guid runId, WorkerFault fault, string detail, int attempt = 0);

    /// <summary>The workers that get no prompts because they failed again and again.</summary>
    [Alias("SetAside"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<ImmutableArray<SetAsideWorker>> SetAsideAsync();

    /// <summary>Gives a worker prompts again; false when it was not set aside.</summary>
    [Alias("BringBack")]
    Task<bool> BringBackAsync(string workerId);

    /// <summary>
    /// Removes every waiting prompt of the tenant, from the store too; they leave no history. What runs goes on. Announces the
    /// new count once.
    /// </summary>
    [Alias("Clear")]
    Task ClearAsync(string tenant);

    /// <summary>The tenant's queue: what runs, and what waits in the order it will be handed out.</summary>
    [Alias("Snapshot"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<QueueSnapshot> SnapshotAsync(string tenant);

    /// <summary>The tenant's runs under a lease, oldest first.</summary>
    [Alias("Running"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<ImmutableArray<Guid>> RunningAsync(string tenant);

    /// <summary>Running and waiting prompts of the tenant: ComfyUI's queue_remaining.</summary>
    [Alias("Count"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<int> CountAsync(string tenant);

    /// <summary>The queued or running prompts of that id; several where the id repeats.</summary>
    [Alias("Find"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<ImmutableArray<QueuedRun>> FindAsync(string tenant, string promptId);

    /// <summary>What is expected of those of the prompts that wait or run, in the order asked.</summary>
    [Alias("Forecast"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<ImmutableArray<PromptForecast>> ForecastAsync(string tenant, ImmutableArray<string> promptIds);
}

/// <summary>What the scheduler needs to know of a prompt.</summary>
[GenerateSerializer, Immutable, Alias("farm.QueueEntry")]
public sealed record QueueEntry
{
    /// <summary>Key of the prompt's grain.</summary>
    [Id(0)] public required Guid RunId { get; init; }

    /// <summary>The tenant it counts for.</summary>
    [Id(1)] public required string Tenant { get; init; }

    /// <summary>The id clients know; breaks ties of the number, as text.</summary>
    [Id(2)] public required string PromptId { get; init; }

    /// <summary>Rank inside the tenant, smallest first.</summary>
    [Id(3)] public required double Number { get; init; }

    /// <summary>The attempt its next lease will carry; 1 at first.</summary>
    [Id(4)] public required int Attempt { get; init; }

    /// <summary>Classes that a worker must have.</summary>
    [Id(5)] public required ImmutableArray<string> ClassTypes { get; init; }

    /// <summary>Whether its grain stays in memory while it waits, so that it is to be told when the queue is cleared.</summary>
    [Id(6)] public bool Resident { get; init; }

    /// <summary>What it asks of the farm beside its classes.</summary>
    [Id(7)] public PromptNeeds Needs { get; init; } = PromptNeeds.None;

    /// <summary>When the gateway accepted it.</summary>
    [Id(8)] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The trace it belongs to, as W3C's <c>traceparent</c>; null when it is not traced.</summary>
    [Id(9)] public string? TraceParent { get; init; }
}

/// <summary>A worker that asks for work, and what it can do.</summary>
[GenerateSerializer, Immutable, Alias("farm.WorkerClaim")]
public sealed record WorkerClaim
{
    /// <summary>The worker's name, unique in the farm while it lives.</summary>
    [Id(0)] public required string WorkerId { get; init; }

    /// <summary>The version of the manifest that it registered with the catalogue: the classes it has.</summary>
    [Id(1)] public required string ManifestHash { get; init; }

    /// <summary>How long it is willing to wait; below the response timeout of grain calls.</summary>
    [Id(2)] public required TimeSpan Patience { get; init; }

    /// <summary>Bytes of device memory that are free now.</summary>
    [Id(3)] public long FreeMemory { get; init; }

    /// <summary>Names of the model files that are resident.</summary>
    [Id(4)] public ImmutableArray<string> ResidentModels { get; init; } = [];

    /// <summary>The operator's labels of this worker.</summary>
    [Id(5)] public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>The pool it belongs to; empty for none.</summary>
    [Id(6)] public string Pool { get; init; } = "";

    /// <summary>Bytes of memory that its device has; 0 where that is not known.</summary>
    [Id(7)] public long TotalMemory { get; init; }

    /// <summary>Model files that it was asked for and does not have, as <c>folder/name</c>.</summary>
    [Id(8)] public ImmutableArray<string> LackedFiles { get; init; } = [];

    /// <summary>The kind of its device, <c>cpu</c> or <c>cuda</c>: memory that runs take is compared among workers of one kind only.</summary>
    [Id(9)] public string Device { get; init; } = "";
}

/// <summary>The right to run one attempt, for as long as it is renewed.</summary>
/// <param name="RunId">Key of the prompt's grain.</param>
/// <param name="Attempt">The attempt's number, which fences its writes.</param>
[GenerateSerializer, Immutable, Alias("farm.Lease")]
public sealed record Lease(Guid RunId, int Attempt);

/// <summary>A queued or running prompt.</summary>
/// <param name="RunId">Key of the prompt's grain.</param>
/// <param name="PromptId">The id clients know.</param>
/// <param name="Running">True while a worker holds its lease.</param>
[GenerateSerializer, Immutable, Alias("farm.QueuedRun")]
public sealed record QueuedRun(Guid RunId, string PromptId, bool Running);

/// <summary>A tenant's queue at one moment.</summary>
/// <param name="Running">Runs under a lease, oldest first.</param>
/// <param name="Pending">Waiting runs, next first.</param>
[GenerateSerializer, Immutable, Alias("farm.QueueSnapshot")]
public sealed record QueueSnapshot(ImmutableArray<Guid> Running, ImmutableArray<Guid> Pending);
