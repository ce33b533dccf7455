namespace Farm.Contracts.Workers;

/// <summary>Control of one worker, keyed by its name; lives on that worker's silo and nowhere else.</summary>
[Alias("farm.IWorkerGrain")]
public interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>Frees memory before the next prompt: unloads models, drops cached results, or both.</summary>
    [Alias("Free")]
    Task FreeAsync(bool unloadModels, bool dropCaches);
}
