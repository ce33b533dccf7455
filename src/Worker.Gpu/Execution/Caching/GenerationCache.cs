using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution.Caching;

/// <summary>One flat store for all nodes, which remembers in which prompt each result was last used.</summary>
internal abstract class GenerationCache : IOutputCache
{
    private IReadOnlyList<string> _ids = [];
    private long _touches;

    /// <inheritdoc />
    public bool KeepsResults => true;

    /// <summary>Results by key.</summary>
    protected Dictionary<Signature, Item> Items { get; } = [];

    /// <summary>Counts prompts.</summary>
    protected long Generation { get; private set; }

    /// <inheritdoc />
    public void BeginPrompt(RunGraph graph)
    {
        Generation++;
        _ids = [.. graph.Submitted.Select(n => n.Id)];
        foreach (var node in graph.Submitted)
            Touch(node);
        DropOld();
    }

    /// <inheritdoc />
    public void BeginExpansion(RunNode parent, IReadOnlyList<RunNode> children)
    {
        foreach (var child in children)
            Touch(child);
    }

    /// <inheritdoc />
    public CacheEntry? Find(RunNode node) => Touch(node)?.Result;

    /// <inheritdoc />
    public void Store(RunNode node, CacheEntry result)
    {
        if (node.Signature is not { } key)
            return;
        result.Hold();
        if (Items.TryGetValue(key, out var item))
        {
            item.Result.Release();
            item.Result = result;
        }
        else
        {
            Items.Add(key, new Item(result));
        }
        Touch(node);
    }

    /// <inheritdoc />
    public IEnumerable<string> KnownIds() => _ids;

    /// <inheritdoc />
    public virtual void Trim()
    {
    }

    /// <inheritdoc />
    public void Clear()
    {
        foreach (var key in Items.Keys)
            Drop(key);
    }

    /// <summary>Called when a prompt has begun and its results are marked as used.</summary>
    protected virtual void DropOld()
    {
    }

    /// <summary>Drops one result.</summary>
    protected void Drop(Signature key)
    {
        if (Items.Remove(key, out var item))
            item.Result.Release();
    }

    private Item? Touch(RunNode node)
    {
        if (node.Signature is not { } key || !Items.TryGetValue(key, out var item))
            return null;
        item.UsedIn = Generation;
        item.TouchedAt = _touches++;
        return item;
    }

    /// <summary>A result and its last use.</summary>
    protected sealed class Item(CacheEntry result)
    {
        /// <summary>The result.</summary>
        public CacheEntry Result { get; set; } = result;

        /// <summary>The last prompt that used it.</summary>
        public long UsedIn { get; set; }

        /// <summary>Order of the last uses.</summary>
        public long TouchedAt { get; set; }
    }
}
