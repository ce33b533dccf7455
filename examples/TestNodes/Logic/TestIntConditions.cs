using System.Numerics;

namespace Farm.TestNodes.Logic;

/// <summary>Compares two integers.</summary>
internal sealed class TestIntConditions : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestIntConditions), "Int Condition").In("Testing/Logic")
        .Int("a", 0, -(BigInteger)ulong.MaxValue, ulong.MaxValue, 1)
        .Int("b", 0, -(BigInteger)ulong.MaxValue, ulong.MaxValue, 1)
        .Combo("operation", Comparison.Operations)
        .Output("BOOLEAN");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) =>
        NodeResult.Of(Comparison.Holds(call.Get<string>("operation"), call.Get<BigInteger>("a"), call.Get<BigInteger>("b")));
}
