using Farm.Nodes;
using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution;

/// <summary>The objects of node classes: one a node id and class, for as long as prompts with that node follow each other.</summary>
internal sealed class NodeObjects
{
    private readonly Dictionary<(string Id, string ClassType), NodeClass> _objects = [];

    /// <summary>The object of a node.</summary>
    public NodeClass Get(RunNode node, NodePlan plan)
    {
        var key = (node.Id, node.ClassType);
        if (!_objects.TryGetValue(key, out var found))
            _objects.Add(key, found = plan.Type.Create());
        return found;
    }

    /// <summary>Forgets the objects of all other nodes.</summary>
    public void Keep(IReadOnlyList<RunNode> nodes)
    {
        var kept = nodes.Select(n => (n.Id, n.ClassType)).ToHashSet();
        foreach (var key in _objects.Keys)
        {
            if (!kept.Contains(key))
                _objects.Remove(key);
        }
    }
}
