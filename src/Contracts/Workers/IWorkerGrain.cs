using Orleans.Metadata;

namespace Farm.Contracts.Workers;

/// <summary>Control of one worker, keyed by its name; lives on that worker's silo and nowhere else.</summary>
[Alias("farm.IWorkerGrain"), DefaultGrainType(GrainType)]
public interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>The type's name on the wire: callers know it before the first worker has joined.</summary>
    const string GrainType = "farm.worker";

    /// <summary>Frees memory before the next prompt: unloads models, drops cached results, or both.</summary>
    [Alias("Free"), ResponseTimeout(IdempotentAttribute.Patience)]
    Task FreeAsync(bool unloadModels, bool dropCaches);

    /// <summary>
    /// The worker asks for no more work. With <paramref name="leave"/> it ends its process, with status 0, when all that it runs is handed in, however
    /// long that takes; without, it waits to be resumed. False when it may not leave: it shares its process with the rest of the farm.
    /// </summary>
    [Alias("Drain"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<bool> DrainAsync(bool leave);

    /// <summary>The worker asks for work again; false when it was not drained.</summary>
    [Alias("Resume"), ResponseTimeout(IdempotentAttribute.Patience)]
    Task<bool> ResumeAsync();

    /// <summary>
    /// Runs the code validator of a node's class, beside whatever the worker runs. Answers within the worker's time limit
    /// (<c>Farm:Worker:Packs:ValidateTimeout</c>) also when the validator does not.
    /// </summary>
    [Alias("Validate")]
    Task<NodeCheckResult> ValidateAsync(NodeCheck check);
}
