using System.Collections.Immutable;
using Farm.Contracts.Workers;

namespace Farm.Contracts.Scheduling;

/// <summary>What operators see of the scheduler and change in it. It is the same grain as <see cref="ISchedulerGrain"/>, under the same key.</summary>
[Alias("farm.ISchedulerControlGrain")]
public interface ISchedulerControlGrain : IGrainWithStringKey
{
    /// <summary>The pools that workers are in, that prompts wait for, or that are paused; the one without a name is always among them.</summary>
    [Alias("Pools"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<ImmutableArray<PoolInfo>> PoolsAsync();

    /// <summary>
    /// The workers of a pool get no prompts until it is resumed, through restarts too; what runs goes on. The empty name is that of workers in no
    /// pool. False when it was paused already.
    /// </summary>
    [Alias("PausePool")]
    Task<bool> PausePoolAsync(string pool);

    /// <summary>The workers of a pool get prompts again; false when it was not paused.</summary>
    [Alias("ResumePool")]
    Task<bool> ResumePoolAsync(string pool);

    /// <summary>The tenants that have prompts, by name.</summary>
    [Alias("Tenants"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<ImmutableArray<TenantLoad>> TenantsAsync();

    /// <summary>The workers that asked for work lately, hold a lease, or are set aside, by name.</summary>
    [Alias("Standings"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<ImmutableArray<WorkerStanding>> StandingsAsync();

    /// <summary>
    /// An operator sets a worker aside: it gets no prompts until it is brought back, through restarts too; what it runs goes on. False when it
    /// was set aside already.
    /// </summary>
    [Alias("PutAside")]
    Task<bool> PutAsideAsync(string workerId, string reason);

    /// <summary>A number before all that wait of the tenant, or behind them and behind all that were drawn.</summary>
    [Alias("NumberAt")]
    Task<double> NumberAtAsync(string tenant, QueueEnd end);

    /// <summary>A waiting prompt has a new rank or new needs, which its grain has committed; false when it waits no more.</summary>
    [Alias("Move")]
    Task<bool> MoveAsync(QueueEntry entry);
}

/// <summary>An end of a tenant's queue.</summary>
public enum QueueEnd
{
    /// <summary>Where the next prompt is taken from.</summary>
    Front,

    /// <summary>Behind all others.</summary>
    Back,
}

/// <summary>A pool of workers at one moment.</summary>
[GenerateSerializer, Immutable, Alias("farm.PoolInfo")]
public sealed record PoolInfo
{
    /// <summary>Its name; empty for the workers that are in none.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>When it was paused; null while it is not.</summary>
    [Id(1)] public DateTimeOffset? PausedAt { get; init; }

    /// <summary>Prompts that wait for it.</summary>
    [Id(2)] public int Waiting { get; init; }

    /// <summary>Prompts that its workers run.</summary>
    [Id(3)] public int Running { get; init; }

    /// <summary>Its living workers.</summary>
    [Id(4)] public int Workers { get; init; }

    /// <summary>Since when the first of those that wait does; null when none waits.</summary>
    [Id(5)] public DateTimeOffset? OldestSince { get; init; }

    /// <summary>How many seconds one worker would take for what waits, by the measured times of their shapes.</summary>
    [Id(6)] public double WaitingSeconds { get; init; }
}

/// <summary>What a tenant has in the queue at one moment.</summary>
[GenerateSerializer, Immutable, Alias("farm.TenantLoad")]
public sealed record TenantLoad
{
    /// <summary>The tenant.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Its waiting prompts.</summary>
    [Id(1)] public int Waiting { get; init; }

    /// <summary>Its running prompts.</summary>
    [Id(2)] public int Running { get; init; }

    /// <summary>The part of the workers' time, 0 to 1, that is its own while those wait that wait now; 0 when it has none waiting.</summary>
    [Id(3)] public double Share { get; init; }

    /// <summary>Its weight among the tenants.</summary>
    [Id(4)] public double Weight { get; init; }

    /// <summary>Since when the first of its waiting prompts waits; null when none does.</summary>
    [Id(5)] public DateTimeOffset? OldestSince { get; init; }
}

/// <summary>How the scheduler stands with a worker.</summary>
[GenerateSerializer, Immutable, Alias("farm.WorkerStanding")]
public sealed record WorkerStanding
{
    /// <summary>The worker.</summary>
    [Id(0)] public required string WorkerId { get; init; }

    /// <summary>Its pool; empty for none, or where it was not heard of since the scheduler started.</summary>
    [Id(1)] public string Pool { get; init; } = "";

    /// <summary>Whether its pool is paused.</summary>
    [Id(2)] public bool IsPoolPaused { get; init; }

    /// <summary>Why it is set aside; null when it is not.</summary>
    [Id(3)] public SetAsideWorker? SetAside { get; init; }

    /// <summary>How many times in a row it has failed the same way.</summary>
    [Id(4)] public int FaultsInARow { get; init; }

    /// <summary>Its last faults, the newest first; those since the scheduler started.</summary>
    [Id(5)] public ImmutableArray<WorkerFailure> Faults { get; init; } = [];

    /// <summary>Prompts that it holds leases of, oldest first.</summary>
    [Id(6)] public ImmutableArray<LeasedRun> Runs { get; init; } = [];
}

/// <summary>What went wrong on a worker's side.</summary>
/// <param name="Fault">What it was.</param>
/// <param name="Detail">In words, for operators.</param>
/// <param name="RunId">The prompt that it failed at.</param>
/// <param name="At">When.</param>
[GenerateSerializer, Immutable, Alias("farm.WorkerFailure")]
public sealed record WorkerFailure(WorkerFault Fault, string Detail, Guid RunId, DateTimeOffset At);

/// <summary>A prompt under a lease.</summary>
/// <param name="RunId">Key of the prompt's grain.</param>
/// <param name="PromptId">The id clients know.</param>
/// <param name="Tenant">Its tenant.</param>
/// <param name="Attempt">The attempt's number.</param>
/// <param name="Since">When it was handed out.</param>
[GenerateSerializer, Immutable, Alias("farm.LeasedRun")]
public sealed record LeasedRun(Guid RunId, string PromptId, string Tenant, int Attempt, DateTimeOffset Since);
