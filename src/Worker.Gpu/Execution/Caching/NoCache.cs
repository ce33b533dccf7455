using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution.Caching;

/// <summary>Keeps nothing: results reach the nodes that wait for them and are gone.</summary>
internal sealed class NoCache : IOutputCache
{
    /// <inheritdoc />
    public bool KeepsResults => false;

    /// <inheritdoc />
    public void BeginPrompt(RunGraph graph)
    {
    }

    /// <inheritdoc />
    public void BeginExpansion(RunNode parent, IReadOnlyList<RunNode> children)
    {
    }

    /// <inheritdoc />
    public CacheEntry? Find(RunNode node) => null;

    /// <inheritdoc />
    public void Store(RunNode node, CacheEntry result)
    {
    }

    /// <inheritdoc />
    public IEnumerable<string> KnownIds() => [];

    /// <inheritdoc />
    public void Trim()
    {
    }

    /// <inheritdoc />
    public void Clear()
    {
    }
}
