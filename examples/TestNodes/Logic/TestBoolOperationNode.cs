namespace Farm.TestNodes.Logic;

/// <summary>Joins two booleans.</summary>
internal sealed class TestBoolOperationNode : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestBoolOperationNode), "Bool Operation").In("Testing/Logic")
        .Boolean("a")
        .Boolean("b")
        .Combo("op", ["a AND b", "a OR b", "a XOR b", "NOT a"])
        .Output("BOOLEAN");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        var (a, b) = (PythonValue.IsTrue(call.Value("a")), PythonValue.IsTrue(call.Value("b")));
        return NodeResult.Of(call.Get<string>("op") switch
        {
            "a AND b" => a && b,
            "a OR b" => a || b,
            "a XOR b" => a != b,
            "NOT a" => !a,
            var other => throw NodeFailedException.ValueError($"op: '{other}' is unknown"),
        });
    }
}
