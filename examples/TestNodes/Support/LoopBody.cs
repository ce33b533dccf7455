namespace Farm.TestNodes.Support;

/// <summary>The nodes of a loop: those that stand on a way from its opening to its closing node.</summary>
internal static class LoopBody
{
    /// <summary>Ids of the body, the opening and the closing node included.</summary>
    public static HashSet<string> Find(IGraphView graph, string open, string close)
    {
        var users = UsersOfSources(graph, close);
        HashSet<string> body = [open, close];
        var waiting = new Stack<string>([open]);
        while (waiting.TryPop(out var id))
        {
            foreach (var user in users.GetValueOrDefault(id) ?? [])
            {
                if (body.Add(user))
                    waiting.Push(user);
            }
        }
        return body;
    }

    // For each node upstream of the closing one, the nodes that use it.
    private static Dictionary<string, List<string>> UsersOfSources(IGraphView graph, string close)
    {
        Dictionary<string, List<string>> users = [];
        HashSet<string> seen = [close];
        var waiting = new Stack<string>([close]);
        while (waiting.TryPop(out var id))
        {
            foreach (var link in graph.Find(id)?.Inputs.Values.OfType<NodeLink>() ?? [])
            {
                if (!users.TryGetValue(link.NodeId, out var list))
                    users.Add(link.NodeId, list = []);
                list.Add(id);
                if (seen.Add(link.NodeId))
                    waiting.Push(link.NodeId);
            }
        }
        return users;
    }
}
