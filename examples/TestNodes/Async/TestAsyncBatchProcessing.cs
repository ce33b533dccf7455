namespace Farm.TestNodes.Async;

/// <summary>Inverts the images of a batch, waiting at each.</summary>
internal sealed class TestAsyncBatchProcessing(TimeProvider time) : AsyncNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAsyncBatchProcessing), "Test Async Batch Processing").In("_for_testing/async")
        .Input("images", "IMAGE")
        .Float("process_time_per_item", 0.1, 0.01, 1)
        .Hidden("unique_id", "UNIQUE_ID")
        .Output("IMAGE");

    /// <inheritdoc />
    protected override async ValueTask<NodeResult?> RunAsync(NodeCall call, CancellationToken cancel)
    {
        var images = call.Get<Tensor>("images");
        var bar = call.Context.StartProgress(images.shape[0]);
        for (var i = 0; i < images.shape[0]; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(call.Get<double>("process_time_per_item")), time, cancel);
            bar.Advance();
        }
        return NodeResult.Of(1 - images);
    }
}
