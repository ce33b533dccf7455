using Farm.Nodes;

namespace Farm.Worker.Execution;

/// <summary>
/// What surrounds each call of a node on the engine thread. The executor knows no tensors: an implementation sees to it that
/// intermediate ones are freed and returned ones survive, and tells when the device's memory ran out.
/// </summary>
internal interface INodeInvoker
{
    /// <summary>Runs a node.</summary>
    /// <exception cref="DeviceMemoryException">The device's memory ran out.</exception>
    NodeResult? Invoke(Node node, NodeCall call);

    /// <summary>Starts an asynchronous node.</summary>
    /// <exception cref="DeviceMemoryException">The device's memory ran out.</exception>
    ValueTask<NodeResult?> InvokeAsync(AsyncNode node, NodeCall call, CancellationToken cancel);

    /// <summary>Frees what device memory it can, after it ran out: all models that are not in use.</summary>
    void FreeDeviceMemory();
}
