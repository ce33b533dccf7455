namespace Farm.TestNodes.Async;

/// <summary>Waits on the engine thread and tells its progress without a bar.</summary>
internal sealed class TestSyncProgressUpdate(TimeProvider time) : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestSyncProgressUpdate), "Sync Progress Update Test Node").In("_for_testing/async")
        .Input("value", "*", input => input.Tooltip("Passed on."))
        .Float("sleep_seconds", 1)
        .Output("*");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        var seconds = call.Get<double>("sleep_seconds");
        var start = time.GetTimestamp();
        for (var elapsed = 0.0; elapsed < seconds;)
        {
            Task.Delay(TimeSpan.FromMilliseconds(10), time).GetAwaiter().GetResult();
            elapsed = time.GetElapsedTime(start).TotalSeconds;
            call.Context.SetProgress(elapsed / seconds, 1);
        }
        return NodeResult.Of(call.Value("value"));
    }
}
