using System.Collections.Immutable;
using Farm.Contracts.Text;

namespace Farm.TestNodes.Async;

/// <summary>Waits while it checks its value against a threshold.</summary>
internal sealed class TestAsyncValidation(TimeProvider time) : Node, IValidatedNode
{
    /// <inheritdoc />
    public ImmutableArray<string> ValidatedInputs => ["value", "threshold"];

    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAsyncValidation), "Test Async Validation").In("_for_testing/async")
        .Float("value", 5)
        .Float("threshold", 10)
        .Output("IMAGE");

    /// <inheritdoc />
    public async ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel)
    {
        var (value, limit) = (call.Get<double>("value"), call.Get<double>("threshold"));
        await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancel);
        return value > limit
            ? InputVerdict.Invalid($"Value {PythonText.Float(value)} exceeds threshold {PythonText.Float(limit)}")
            : InputVerdict.Valid;
    }

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) =>
        NodeResult.Of(Tensors.ConstantImage(call.Get<double>("value") / 10));
}
