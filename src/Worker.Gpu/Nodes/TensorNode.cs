using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>
/// A node that computes with tensors, none of them larger than the worker allows. That tensors made on the way go when it ends, and those
/// it returns stay, is <see cref="TorchNodeInvoker"/>'s part, as for every node.
/// </summary>
internal abstract class TensorNode : Node
{
    /// <summary>Computes the outputs. Every tensor made here but those in the result is disposed of afterwards.</summary>
    protected abstract NodeResult Compute(NodeCall call);

    /// <inheritdoc />
    protected sealed override NodeResult? Run(NodeCall call)
    {
        using var limit = TensorMemory.Within(call.Service<NodeLimitOptions>().MaxTensorBytes);
        return Compute(call);
    }
}
