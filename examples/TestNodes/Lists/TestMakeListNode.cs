namespace Farm.TestNodes.Lists;

/// <summary>Makes a list of the values given, in order of their numbers.</summary>
internal sealed class TestMakeListNode : VariantNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node)
    {
        node.V1().Named(nameof(TestMakeListNode), "Make List").In("Testing/Lists")
            .Input("value1", "*")
            .OptionalInputs();
        for (var i = 1; i <= 9; i++)
            node.Input($"value{i}", "*");
        node.Output("*", isList: true);
    }

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => NodeResult.Of(
        (object)(object?[])[.. Enumerable.Range(0, 10).Select(i => $"value{i}").Where(call.Names.Contains).Select(call.Value)]);
}
