using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution.Caching;

/// <summary>
/// Keeps the results of the last prompt (ComfyUI's default): what the next prompt does not contain is dropped when it begins. Results
/// of expanded nodes live below the node that expanded, until it expands differently or leaves the prompt.
/// </summary>
internal sealed class ClassicCache : IOutputCache
{
    private readonly Level _root = new();

    /// <inheritdoc />
    public bool KeepsResults => true;

    /// <inheritdoc />
    public void BeginPrompt(RunGraph graph) => _root.Restrict(graph.Submitted);

    /// <inheritdoc />
    public void BeginExpansion(RunNode parent, IReadOnlyList<RunNode> children)
    {
        if (LevelOf(parent) is not { } level)
            return;
        var key = (parent.Id, parent.ClassType);
        if (!level.Below.TryGetValue(key, out var below))
            level.Below.Add(key, below = new Level());
        below.Restrict(children);
    }

    /// <inheritdoc />
    public CacheEntry? Find(RunNode node) =>
        LevelOf(node) is { } level && node.Signature is { } key ? level.Results.GetValueOrDefault(key) : null;

    /// <inheritdoc />
    public void Store(RunNode node, CacheEntry result)
    {
        if (LevelOf(node) is not { } level || node.Signature is not { } key)
            return;
        result.Hold();
        if (level.Results.Remove(key, out var previous))
            previous.Release();
        level.Results.Add(key, result);
    }

    /// <inheritdoc />
    public IEnumerable<string> KnownIds() => _root.KnownIds();

    /// <inheritdoc />
    public void Trim()
    {
    }

    /// <inheritdoc />
    public void Clear() => _root.Clear();

    private Level? LevelOf(RunNode node)
    {
        if (node.Parent is not { } parent)
            return _root;
        return LevelOf(parent)?.Below.GetValueOrDefault((parent.Id, parent.ClassType));
    }

    private sealed class Level
    {
        private IReadOnlyList<string> _ids = [];

        public Dictionary<Signature, CacheEntry> Results { get; } = [];

        public Dictionary<(string Id, string ClassType), Level> Below { get; } = [];

        public void Restrict(IReadOnlyList<RunNode> nodes)
        {
            _ids = [.. nodes.Select(n => n.Id)];
            var keys = nodes.Where(n => n.Signature is not null).Select(n => n.Signature!.Value).ToHashSet();
            foreach (var (key, result) in Results)
            {
                if (!keys.Contains(key) && Results.Remove(key))
                    result.Release();
            }
            var parents = nodes.Select(n => (n.Id, n.ClassType)).ToHashSet();
            foreach (var (parent, level) in Below)
            {
                if (!parents.Contains(parent) && Below.Remove(parent))
                    level.Clear();
            }
        }

        public IEnumerable<string> KnownIds() => _ids.Concat(Below.Values.SelectMany(b => b.KnownIds()));

        public void Clear()
        {
            foreach (var result in Results.Values)
                result.Release();
            Results.Clear();
            foreach (var level in Below.Values)
                level.Clear();
            Below.Clear();
            _ids = [];
        }
    }
}
