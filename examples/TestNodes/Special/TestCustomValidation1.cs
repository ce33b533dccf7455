using System.Collections.Immutable;

namespace Farm.TestNodes.Special;

/// <summary>Checks by code that literals are floats.</summary>
internal sealed class TestCustomValidation1 : Node, IValidatedNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestCustomValidation1), "Custom Validation 1").In("Testing/Nodes")
        .Input("input1", "IMAGE,FLOAT")
        .Input("input2", "IMAGE,FLOAT")
        .Output("IMAGE");

    /// <inheritdoc />
    public ImmutableArray<string> ValidatedInputs => ["input1", "input2"];

    /// <inheritdoc />
    public ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel) => FloatProduct.Verdict(FloatProduct.WrongLiteral(call));

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => FloatProduct.Run(call);
}
