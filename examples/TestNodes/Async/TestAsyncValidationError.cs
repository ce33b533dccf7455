using System.Collections.Immutable;
using Farm.Contracts.Text;

namespace Farm.TestNodes.Async;

/// <summary>Waits while it checks its value against the biggest allowed.</summary>
internal sealed class TestAsyncValidationError(TimeProvider time) : Node, IValidatedNode
{
    /// <inheritdoc />
    public ImmutableArray<string> ValidatedInputs => ["value", "max_value"];

    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAsyncValidationError), "Test Async Validation Error").In("_for_testing/async")
        .Float("value", 5)
        .Float("max_value", 10)
        .Output("IMAGE");

    /// <inheritdoc />
    public async ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel)
    {
        var (value, limit) = (call.Get<double>("value"), call.Get<double>("max_value"));
        await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancel);
        return value > limit
            ? InputVerdict.Invalid($"Async validation failed: {PythonText.Float(value)} > {PythonText.Float(limit)}")
            : InputVerdict.Valid;
    }

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) =>
        NodeResult.Of(Tensors.ConstantImage(call.Get<double>("value") / call.Get<double>("max_value")));
}
