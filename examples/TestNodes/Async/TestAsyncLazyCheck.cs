namespace Farm.TestNodes.Async;

/// <summary>Waits while it finds out which of two inputs it needs.</summary>
internal sealed class TestAsyncLazyCheck(TimeProvider time) : Node, ILazyNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAsyncLazyCheck), "Test Async Lazy Check").In("_for_testing/async")
        .Input("input1", "*", input => input.Lazy())
        .Input("input2", "*", input => input.Lazy())
        .Boolean("condition", true)
        .Output("IMAGE");

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<string>> NeededInputsAsync(NodeCall call, CancellationToken cancel)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancel);
        var wanted = PythonValue.IsTrue(call.Value("condition")) ? "input1" : "input2";
        return call.Has(wanted) ? [] : [wanted];
    }

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => NodeResult.Of(Tensors.ConstantImage(1));
}
