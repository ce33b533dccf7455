using System.Collections.Concurrent;

namespace Farm.TestNodes.Async;

/// <summary>Holds a resource of the process for a while; two at once is an error.</summary>
internal sealed class TestAsyncResourceUser(TimeProvider time) : AsyncNode
{
    private static readonly ConcurrentDictionary<string, string> Busy = new();

    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAsyncResourceUser), "Test Async Resource User").In("_for_testing/async")
        .Input("value", "*", input => input.Tooltip("Passed on."))
        .String("resource_id", "resource_0")
        .Float("duration", 0.1, 0, 1)
        .Output("*");

    /// <inheritdoc />
    protected override async ValueTask<NodeResult?> RunAsync(NodeCall call, CancellationToken cancel)
    {
        var resource = call.Get<string>("resource_id");
        if (!Busy.TryAdd(resource, call.Context.Node.NodeId))
            throw NodeFailedException.RuntimeError($"Resource {resource} is already in use!");
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(call.Get<double>("duration")), time, cancel);
            return NodeResult.Of(call.Value("value"));
        }
        finally
        {
            Busy.TryRemove(resource, out _);
        }
    }
}
