using Farm.Nodes;
using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution;

/// <summary>
/// The objects of node classes: one a tenant, node id and class, for as long as prompts with that node follow each other; or a new one each
/// time a node is processed (execution-semantics, 8.4).
/// </summary>
/// <param name="keeps">Whether objects are kept at all; without a cache of results they are not.</param>
internal sealed class NodeObjects(bool keeps)
{
    private readonly Dictionary<(string Tenant, string Id, string ClassType), NodeClass> _objects = [];

    /// <summary>The object of a tenant's node; what one tenant's prompt left in it is not for another's.</summary>
    public NodeClass Get(string tenant, RunNode node, NodePlan plan)
    {
        if (!keeps)
            return plan.Type.Create();
        var key = (tenant, node.Id, node.ClassType);
        if (!_objects.TryGetValue(key, out var found))
            _objects.Add(key, found = plan.Type.Create());
        return found;
    }

    /// <summary>Forgets the objects of all other nodes.</summary>
    public void Keep(string tenant, IReadOnlyList<RunNode> nodes)
    {
        var kept = nodes.Select(n => (tenant, n.Id, n.ClassType)).ToHashSet();
        foreach (var key in _objects.Keys)
        {
            if (!kept.Contains(key))
                _objects.Remove(key);
        }
    }
}
