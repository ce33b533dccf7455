using Farm.Contracts.Catalog;

namespace Farm.Nodes;

/// <summary>
/// A node class: its definition beside its code. Derive from <see cref="Node"/> or <see cref="AsyncNode"/>. One object serves one
/// node of a graph and is kept while prompts with that node follow each other; a constructor may ask for services of the worker.
/// What a node does beyond running it says by an interface: <see cref="IFingerprintedNode"/>, <see cref="ILazyNode"/>,
/// <see cref="IValidatedNode"/>, <see cref="IReproducibleNode"/>, <see cref="ISharedNode"/>.
/// </summary>
public abstract class NodeClass
{
    private protected NodeClass()
    {
    }

    /// <summary>Writes the definition: names, inputs, outputs, traits.</summary>
    protected abstract void Define(NodeBuilder node);

    /// <summary>The definition as clients, gateway and executor see it. Built anew with each call.</summary>
    public NodeDefinition BuildDefinition()
    {
        var builder = new NodeBuilder(GetType());
        Define(builder);
        return builder.Build(TraitsOfType(), (this as IValidatedNode)?.ValidatedInputs);
    }

    private NodeTraits TraitsOfType() =>
        (this is AsyncNode ? NodeTraits.Async : NodeTraits.None)
        | (this is IFingerprintedNode ? NodeTraits.Fingerprint : NodeTraits.None)
        | (this is ILazyNode ? NodeTraits.LazyCheck : NodeTraits.None)
        | (this is IReproducibleNode ? NodeTraits.Reproducible : NodeTraits.None)
        | (this is ISharedNode ? NodeTraits.Shared : NodeTraits.None);
}

/// <summary>A node that runs in one go, on the worker's engine thread.</summary>
public abstract class Node : NodeClass
{
    /// <summary>
    /// Computes the outputs. Inputs belong to the worker: never dispose or change them. Returned values become the worker's, which
    /// disposes of them when neither a cache nor the run needs them any more; an input may be returned as it is.
    /// </summary>
    protected abstract NodeResult? Run(NodeCall call);

    /// <summary>Runs the node; for the executor and for tests.</summary>
    public NodeResult? Invoke(NodeCall call) => Run(call);
}

/// <summary>A node that waits for something: other nodes run meanwhile.</summary>
public abstract class AsyncNode : NodeClass
{
    /// <summary>
    /// Computes the outputs, under the rules of <see cref="Node.Run"/>, but disposes itself of the tensors that it makes on its way. Starts on the
    /// engine thread and may go on anywhere after an await; <paramref name="cancel"/> fires when the run stops.
    /// </summary>
    protected abstract ValueTask<NodeResult?> RunAsync(NodeCall call, CancellationToken cancel);

    /// <summary>Runs the node; for the executor and for tests.</summary>
    public ValueTask<NodeResult?> InvokeAsync(NodeCall call, CancellationToken cancel) => RunAsync(call, cancel);
}
