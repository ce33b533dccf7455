namespace Farm.TestNodes.Logic;

/// <summary>Compares two floats.</summary>
internal sealed class TestFloatConditions : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestFloatConditions), "Float Condition").In("Testing/Logic")
        .Float("a", 0, -999999999999, 999999999999, 1, options: WholeDefaults)
        .Float("b", 0, -999999999999, 999999999999, 1, options: WholeDefaults)
        .Combo("operation", Comparison.Operations)
        .Output("BOOLEAN");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) =>
        NodeResult.Of(Comparison.Holds(call.Get<string>("operation"), call.Get<double>("a"), call.Get<double>("b")));

    // Listed as integers, as the class has always had them.
    private static void WholeDefaults(InputOptions input) => input.Set("default", 0L).Set("step", 1L);
}
