namespace Farm.TestNodes.Async;

/// <summary>Waits, then fails.</summary>
internal sealed class TestAsyncError(TimeProvider time) : AsyncNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAsyncError), "Test Async Error").In("_for_testing/async")
        .Input("value", "*", input => input.Tooltip("Passed on."))
        .Float("error_after", 0.1, 0, 10)
        .Output("*");

    /// <inheritdoc />
    protected override async ValueTask<NodeResult?> RunAsync(NodeCall call, CancellationToken cancel)
    {
        await Task.Delay(TimeSpan.FromSeconds(call.Get<double>("error_after")), time, cancel);
        throw NodeFailedException.RuntimeError("Intentional async execution error for testing");
    }
}
