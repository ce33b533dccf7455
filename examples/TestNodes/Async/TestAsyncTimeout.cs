using Farm.Contracts.Text;

namespace Farm.TestNodes.Async;

/// <summary>Waits for as long as an operation takes, but fails when that is longer than a timeout.</summary>
internal sealed class TestAsyncTimeout(TimeProvider time) : AsyncNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAsyncTimeout), "Test Async Timeout").In("_for_testing/async")
        .Input("value", "*", input => input.Tooltip("Passed on."))
        .Float("timeout", 1, 0.1, 10)
        .Float("operation_time", 2, 0.1, 10)
        .Output("*");

    /// <inheritdoc />
    protected override async ValueTask<NodeResult?> RunAsync(NodeCall call, CancellationToken cancel)
    {
        var (timeout, needed) = (call.Get<double>("timeout"), call.Get<double>("operation_time"));
        await Task.Delay(TimeSpan.FromSeconds(Math.Min(timeout, needed)), time, cancel);
        return needed <= timeout
            ? NodeResult.Of(call.Value("value"))
            : throw NodeFailedException.RuntimeError($"Operation timed out after {PythonText.Float(timeout)} seconds");
    }
}
