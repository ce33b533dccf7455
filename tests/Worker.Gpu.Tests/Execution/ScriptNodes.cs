using Farm.Nodes;

namespace Farm.Worker.Tests.Execution;

/// <summary>A node made of a definition and a function.</summary>
internal class ScriptNode(Action<NodeBuilder> define, Func<NodeCall, NodeResult?> run) : Node
{
    protected override void Define(NodeBuilder node) => define(node);

    protected override NodeResult? Run(NodeCall call) => run(call);
}

/// <summary>One that asks for lazy inputs.</summary>
internal sealed class LazyScriptNode(Action<NodeBuilder> define, Func<NodeCall, IReadOnlyList<string>> needs, Func<NodeCall, NodeResult?> run)
    : ScriptNode(define, run), ILazyNode
{
    public ValueTask<IReadOnlyList<string>> NeededInputsAsync(NodeCall call, CancellationToken cancel) => new(needs(call));
}

/// <summary>One whose outputs depend on its inputs alone.</summary>
internal sealed class ReproducibleScriptNode(Action<NodeBuilder> define, Func<NodeCall, NodeResult?> run) : ScriptNode(define, run), IReproducibleNode;

/// <summary>One whose outputs all workers share.</summary>
internal sealed class SharedScriptNode(Action<NodeBuilder> define, Func<NodeCall, NodeResult?> run, Func<NodeCall, IEnumerable<ModelFile>>? files = null)
    : ScriptNode(define, run), ISharedNode
{
    public IEnumerable<ModelFile> FilesOf(NodeCall call) => files?.Invoke(call) ?? [];
}

/// <summary>One with a fingerprint.</summary>
internal sealed class FingerprintScriptNode(Action<NodeBuilder> define, Func<NodeCall, object?> fingerprint, Func<NodeCall, NodeResult?> run)
    : ScriptNode(define, run), IFingerprintedNode
{
    public ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel) => new(fingerprint(call));
}

/// <summary>An asynchronous one.</summary>
internal sealed class AsyncScriptNode(Action<NodeBuilder> define, Func<NodeCall, CancellationToken, ValueTask<NodeResult?>> run) : AsyncNode
{
    protected override void Define(NodeBuilder node) => define(node);

    protected override ValueTask<NodeResult?> RunAsync(NodeCall call, CancellationToken cancel) => run(call, cancel);
}

/// <summary>A value that must be disposed of exactly once.</summary>
internal sealed class Resource : IDisposable
{
    public int Disposals { get; private set; }

    public void Dispose() => Disposals++;
}

/// <summary>A value made of resources.</summary>
internal sealed record Composite(params Resource[] Resources) : IValueParts
{
    public IEnumerable<object?> Parts => Resources;
}
