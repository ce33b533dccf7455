using Farm.Contracts.Catalog;
using Farm.Contracts.Workers;
using Farm.Engine.Memory;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Farm.Worker;

/// <summary>The worker's own way to its grain.</summary>
[Alias("farm.ILocalWorkerGrain")]
internal interface ILocalWorkerGrain : IGrainWithStringKey
{
    /// <summary>Brings the grain to life on the silo that calls, where it stays.</summary>
    [Alias("Attach")]
    Task AttachAsync();
}

/// <summary>
/// Control of this process's worker. The worker itself calls first, so the grain lives on its silo; on any other it refuses to.
/// </summary>
[GrainType(IWorkerGrain.GrainType), PreferLocalPlacement, Reentrant] // A check that takes its time holds up nobody else's.
internal sealed class WorkerGrain(
    WorkerIdentity identity, WorkerLanes lanes, ModelMemory models, DrainSwitch drain, IEnumerable<INodeChecker> checkers, IOptions<WorkerOptions> options)
    : Grain, IWorkerGrain, ILocalWorkerGrain
{
    /// <inheritdoc />
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (this.GetPrimaryKeyString() != identity.Name)
            throw new WorkerGoneException($"Worker {this.GetPrimaryKeyString()} is not here: this is {identity.Name}.");
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task AttachAsync() => Task.CompletedTask;

    /// <inheritdoc />
    public Task FreeAsync(bool unloadModels, bool dropCaches)
    {
        // Takes effect between prompts; the caller does not wait for the one that runs.
        foreach (var lane in lanes.All)
        {
            if (dropCaches)
                _ = lane.DropResultsAsync();
        }
        if (unloadModels)
            models.UnloadAll();
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task<bool> DrainAsync(bool leave)
    {
        if (leave && !options.Value.OwnsProcess)
            return false;
        if (drain.Set(leave ? WorkerDrain.Leaves : WorkerDrain.Holds))
            await TellAsync();
        return true;
    }

    /// <inheritdoc />
    public async Task<bool> ResumeAsync()
    {
        if (!drain.Set(WorkerDrain.None))
            return false;
        await TellAsync();
        return true;
    }

    /// <inheritdoc />
    public async Task<NodeCheckResult> ValidateAsync(NodeCheck check)
    {
        foreach (var checker in checkers)
        {
            if (await checker.CheckAsync(check) is { Outcome: not NodeCheckOutcome.UnknownClass } answer)
                return answer;
        }
        return new NodeCheckResult { Outcome = NodeCheckOutcome.UnknownClass };
    }
    /// <summary>Those that list the workers see the order at once, not with the next heartbeat.</summary>
    private Task TellAsync() => GrainFactory.GetGrain<ICatalogGrain>(ICatalogGrain.Key).HeartbeatAsync(identity.Status());
}
