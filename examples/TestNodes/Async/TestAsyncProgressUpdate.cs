namespace Farm.TestNodes.Async;

/// <summary>Waits and tells its progress without a bar.</summary>
internal sealed class TestAsyncProgressUpdate(TimeProvider time) : AsyncNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAsyncProgressUpdate), "Async Progress Update Test Node").In("_for_testing/async")
        .Input("value", "*", input => input.Tooltip("Passed on."))
        .Float("sleep_seconds", 1)
        .Output("*");

    /// <inheritdoc />
    protected override async ValueTask<NodeResult?> RunAsync(NodeCall call, CancellationToken cancel)
    {
        var seconds = call.Get<double>("sleep_seconds");
        var start = time.GetTimestamp();
        for (var elapsed = 0.0; elapsed < seconds;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), time, cancel);
            elapsed = time.GetElapsedTime(start).TotalSeconds;
            call.Context.SetProgress(elapsed / seconds, 1);
        }
        return NodeResult.Of(call.Value("value"));
    }
}
