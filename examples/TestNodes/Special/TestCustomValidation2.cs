using System.Collections.Immutable;

namespace Farm.TestNodes.Special;

/// <summary>Checks by code that literals are floats and that links bring exactly IMAGE or FLOAT.</summary>
internal sealed class TestCustomValidation2 : Node, IValidatedNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestCustomValidation2), "Custom Validation 2").In("Testing/Nodes")
        .Input("input1", "IMAGE,FLOAT")
        .Input("input2", "IMAGE,FLOAT")
        .Output("IMAGE");

    /// <inheritdoc />
    public ImmutableArray<string> ValidatedInputs => ["input_types", "input1", "input2"];

    /// <inheritdoc />
    public ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel) =>
        FloatProduct.Verdict(FloatProduct.WrongLiteral(call) ?? WrongLink(call.Get<LinkTypes>("input_types")));

    private static string? WrongLink(LinkTypes types) =>
        (from name in (string[])["input1", "input2"]
         where types.TryGetValue(name, out var type) && type is not ("IMAGE" or "FLOAT")
         select $"Invalid type of {name}: {PythonValue.Str(types[name])}").FirstOrDefault();

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => FloatProduct.Run(call);
}
