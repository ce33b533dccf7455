namespace Farm.TestNodes.Async;

/// <summary>Waits, no more than two at a time.</summary>
internal sealed class TestAsyncConcurrentLimit(TimeProvider time) : AsyncNode
{
    private static readonly SemaphoreSlim Places = new(2);

    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAsyncConcurrentLimit), "Test Async Concurrent Limit").In("_for_testing/async")
        .Input("value", "*", input => input.Tooltip("Passed on."))
        .Float("duration", 0.5, 0.1, 2)
        .Int("node_id", 0)
        .Output("*");

    /// <inheritdoc />
    protected override async ValueTask<NodeResult?> RunAsync(NodeCall call, CancellationToken cancel)
    {
        await Places.WaitAsync(cancel);
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(call.Get<double>("duration")), time, cancel);
            return NodeResult.Of(call.Value("value"));
        }
        finally
        {
            Places.Release();
        }
    }
}
