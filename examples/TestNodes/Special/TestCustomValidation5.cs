using System.Collections.Immutable;

namespace Farm.TestNodes.Special;

/// <summary>Checks all inputs by code, so that their ranges are not enforced.</summary>
internal sealed class TestCustomValidation5 : Node, IValidatedNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestCustomValidation5), "Custom Validation 5").In("Testing/Nodes")
        .Float("input1", min: 0, max: 1)
        .Float("input2", min: 0, max: 1)
        .Output("IMAGE");

    /// <inheritdoc />
    public ImmutableArray<string> ValidatedInputs => ["*"];

    /// <inheritdoc />
    public ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel) =>
        FloatProduct.Verdict(call.Value("input2") is 7.0 ? "7s are not allowed. I've never liked 7s." : null);

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => FloatProduct.Run(call);
}
