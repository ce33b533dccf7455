namespace Farm.TestNodes.Flow;

/// <summary>The tail of a loop: passes five values out or, while the condition holds, expands into one more round.</summary>
internal sealed class TestWhileLoopClose : VariantNode
{
    private const string Copy = "Recurse";
    private static readonly string[] Values = [.. Enumerable.Range(0, 5).Select(i => $"initial_value{i}")];

    /// <inheritdoc />
    protected override void Define(NodeBuilder node)
    {
        node.V1().Named(nameof(TestWhileLoopClose), "While Loop Close").In("Testing/Flow").Expands()
            .Input("flow_control", "FLOW_CONTROL", input => input.RawLink())
            .Boolean("condition", options: input => input.ForceInput())
            .OptionalInputs();
        foreach (var value in Values)
            node.Input(value, "*");
        node.Hidden("dynprompt", "DYNPROMPT").Hidden("unique_id", "UNIQUE_ID");
        for (var i = 0; i < Values.Length; i++)
            node.Output("*", $"value{i}");
    }

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        if (!PythonValue.IsTrue(call.Value("condition")))
            return NodeResult.Of([.. Values.Select(call.Value)]);
        var open = call.Get<NodeLink>("flow_control").NodeId;
        var self = call.Context.Node.NodeId;
        var copies = CopyBody(call, LoopBody.Find(call.Context.Graph, open, self), self, out var graph);
        foreach (var value in Values)
            copies[open].Set(value, call.Value(value));
        return NodeResult.Expand(graph.Build(), [.. Values.Select((_, slot) => copies[self].Out(slot))]);
    }

    private static Dictionary<string, GraphNode> CopyBody(NodeCall call, HashSet<string> body, string self, out GraphBuilder graph)
    {
        graph = call.Context.NewGraph();
        Dictionary<string, GraphNode> copies = [];
        foreach (var id in body)
        {
            var copy = graph.Add(Original(call, id).ClassType, id == self ? Copy : id);
            copy.OverrideDisplayId = id;
            copies.Add(id, copy);
        }
        foreach (var (id, copy) in copies)
        {
            foreach (var (name, value) in Original(call, id).Inputs)
                copy.Set(name, value is NodeLink link && copies.TryGetValue(link.NodeId, out var source) ? source.Out(link.Slot) : value);
        }
        return copies;
    }

    private static GraphNode Original(NodeCall call, string id) =>
        call.Context.Graph.Find(id) ?? throw NodeFailedException.KeyError($"'{id}'");
}
