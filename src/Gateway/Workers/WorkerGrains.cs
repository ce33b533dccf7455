using Farm.Contracts.Workers;

namespace Farm.Gateway.Workers;

/// <summary>Reaches workers.</summary>
internal static class WorkerGrains
{
    /// <summary>
    /// The grain of a worker. Throws <see cref="WorkerGoneException"/> while no silo that hosts workers is known here: of the first that
    /// joins Orleans tells a gateway only after a while.
    /// </summary>
    public static IWorkerGrain Worker(this IGrainFactory grains, string id)
    {
        try
        {
            return grains.GetGrain<IWorkerGrain>(id);
        }
        catch (ArgumentException unknown)
        {
            throw new WorkerGoneException($"No silo with workers is known yet, so worker {id} cannot be reached.", unknown);
        }
    }
}
