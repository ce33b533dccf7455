using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution.Caching;

/// <summary>Results of nodes, kept between prompts. Belongs to the engine thread.</summary>
internal interface IOutputCache
{
    /// <summary>False when nothing is ever found here, so that keys need not be computed.</summary>
    bool KeepsResults { get; }

    /// <summary>A prompt begins; its nodes have their signatures. Drops what the kind of cache does not keep for it.</summary>
    void BeginPrompt(RunGraph graph);

    /// <summary>A node expanded; the new nodes have their signatures.</summary>
    void BeginExpansion(RunNode parent, IReadOnlyList<RunNode> children);

    /// <summary>The result of a node, or null.</summary>
    CacheEntry? Find(RunNode node);

    /// <summary>Keeps a result, instead of an earlier one.</summary>
    void Store(RunNode node, CacheEntry result);

    /// <summary>Ids that the cache knows: those of the prompt, and of expansions whose results it still has.</summary>
    IEnumerable<string> KnownIds();

    /// <summary>Called after each node: makes room if the kind of cache looks after it.</summary>
    void Trim();

    /// <summary>Drops everything.</summary>
    void Clear();
}
