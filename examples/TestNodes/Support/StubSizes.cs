namespace Farm.TestNodes.Support;

/// <summary>The sizes that stub images and masks ask for.</summary>
internal static class StubSizes
{
    /// <summary>Declares them.</summary>
    public static NodeBuilder Sizes(this NodeBuilder node) => node
        .Int("height", 512, 1, 1024L * 1024 * 1024, 1)
        .Int("width", 512, 1, 4096L * 4096 * 4096, 1)
        .Int("batch_size", 1, 1, 1024L * 1024 * 1024, 1);

    /// <summary>Batch, height and width asked for.</summary>
    public static long[] Of(NodeCall call) => [call.Get<long>("batch_size"), call.Get<long>("height"), call.Get<long>("width")];
}
