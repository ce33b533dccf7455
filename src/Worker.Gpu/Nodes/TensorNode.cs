using System.Runtime.InteropServices;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A node that computes with tensors: what it made on the way goes when it ends, what it returns stays.</summary>
internal abstract class TensorNode : Node
{
    /// <summary>Computes the outputs. Every tensor made here but those in the result is disposed of afterwards.</summary>
    protected abstract NodeResult Compute(NodeCall call);

    /// <inheritdoc />
    protected sealed override NodeResult? Run(NodeCall call)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var limit = TensorMemory.Within(call.Service<NodeLimitOptions>().MaxTensorBytes);
        try
        {
            var result = Compute(call);
            foreach (var tensor in result.Values.SelectMany(ValueParts.Disposables).OfType<Tensor>()) tensor.DetachFromDisposeScope();
            return result;
        }
        catch (ExternalException failure) when (TensorMemory.RanOut(failure.Message))
        {
            throw new DeviceMemoryException(failure.Message, failure);
        }
        catch (Farm.Engine.Memory.DeviceMemoryException failure)
        {
            throw new DeviceMemoryException(failure.Message, failure);
        }
    }
}
