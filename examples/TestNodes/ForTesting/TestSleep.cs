namespace Farm.TestNodes.ForTesting;

/// <summary>Waits with a progress bar of seconds, then passes its value on.</summary>
internal sealed class TestSleep(TimeProvider time) : AsyncNode
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestSleep), "Test Sleep").In("_for_testing")
        .Input("value", "*", input => input.Tooltip("Passed on."))
        .Float("seconds", 1, 0, 9999, 0.01)
        .Hidden("unique_id", "UNIQUE_ID")
        .Output("*");

    /// <inheritdoc />
    protected override async ValueTask<NodeResult?> RunAsync(NodeCall call, CancellationToken cancel)
    {
        var seconds = call.Get<double>("seconds");
        var bar = call.Context.StartProgress(seconds);
        var start = time.GetTimestamp();
        for (var elapsed = 0.0; elapsed < seconds;)
        {
            await Task.Delay(Step, time, cancel);
            elapsed = time.GetElapsedTime(start).TotalSeconds;
            bar.Update(elapsed);
        }
        return NodeResult.Of(call.Value("value"));
    }
}
