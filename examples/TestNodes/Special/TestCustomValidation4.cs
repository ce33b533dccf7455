using System.Collections.Immutable;

namespace Farm.TestNodes.Special;

/// <summary>Checks by code that literals are floats, and needs both inputs; links are checked by the server.</summary>
internal sealed class TestCustomValidation4 : Node, IValidatedNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestCustomValidation4), "Custom Validation 4").In("Testing/Nodes")
        .Input("input1", "FLOAT")
        .Input("input2", "FLOAT")
        .Output("IMAGE");

    /// <inheritdoc />
    public ImmutableArray<string> ValidatedInputs => ["input1", "input2"];

    /// <inheritdoc />
    public ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel)
    {
        foreach (var name in ValidatedInputs.Where(name => !call.Names.Contains(name)))
            call.Get<object>(name);
        return FloatProduct.Verdict(FloatProduct.WrongLiteral(call));
    }

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => FloatProduct.Run(call);
}
