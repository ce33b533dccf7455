using Farm.Nodes;

namespace Farm.Worker.Execution;

/// <summary>The calls of an asynchronous node, one a slice, of which some go on while other nodes run.</summary>
/// <param name="calls">A finished slice or a running call each.</param>
internal sealed class AsyncCalls(IReadOnlyList<AsyncCall> calls)
{
    /// <summary>Ends when all calls have ended, however; never faults.</summary>
    public Task Ended { get; } = Task.WhenAll(calls.Where(c => c.Running is not null).Select(c => EndedAsync(c.Running!)));

    /// <summary>The slices; throws what the first failing one threw.</summary>
    public SliceOutput[] Collect(Func<NodeResult?, SliceOutput> read) =>
        [.. calls.Select(c => c.Finished ?? read(c.Running!.GetAwaiter().GetResult()))];

    private static async Task EndedAsync(Task call) => await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);

    /// <summary>The results there are, wanted or not.</summary>
    public IEnumerable<NodeResult> Results() =>
        calls.Where(c => c.Running is { IsCompletedSuccessfully: true }).Select(c => c.Running!.Result).OfType<NodeResult>();
}

/// <summary>One slice: finished, or running.</summary>
/// <param name="Finished">Its output.</param>
/// <param name="Running">Its call.</param>
internal readonly record struct AsyncCall(SliceOutput? Finished, Task<NodeResult?>? Running);
