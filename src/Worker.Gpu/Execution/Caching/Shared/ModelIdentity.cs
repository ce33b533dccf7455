namespace Farm.Worker.Execution.Caching.Shared;

/// <summary>The content of a model file, as it was when the file was asked for. Read when somebody wants to know, once.</summary>
/// <param name="hash">Reads the file; null when it has changed since or cannot be read.</param>
internal sealed class ModelIdentity(Func<Task<string?>> hash)
{
    private readonly Lazy<Task<string?>> _hash = new(hash);

    /// <summary>The hash of the content.</summary>
    public Task<string?> HashAsync() => _hash.Value;
}

/// <summary>What model files contain, so that two workers with different files of one name share nothing.</summary>
internal interface IModelIdentities
{
    /// <summary>The file that a name of a model folder stands for now to a tenant; null when there is none.</summary>
    ModelIdentity? Find(string tenant, string kind, string name);
}
