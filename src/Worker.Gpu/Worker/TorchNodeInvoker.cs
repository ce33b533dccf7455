using System.Runtime.InteropServices;
using Farm.Engine;
using Farm.Engine.Memory;
using Farm.Nodes;
using Farm.Worker.Execution;
using TorchSharp;
using DeviceMemoryException = Farm.Nodes.DeviceMemoryException;

namespace Farm.Worker;

/// <summary>
/// Runs nodes in inference mode and in a dispose scope: tensors made on the way go when the node returns, those it returns stay.
/// </summary>
internal sealed class TorchNodeInvoker(ModelMemory models) : INodeInvoker
{
    /// <inheritdoc />
    public NodeResult? Invoke(Node node, NodeCall call) => Guard(() => node.Invoke(call));

    /// <inheritdoc />
    public async ValueTask<NodeResult?> InvokeAsync(AsyncNode node, NodeCall call, CancellationToken cancel)
    {
        try
        {
            return await node.InvokeAsync(call, cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsOutOfDeviceMemory(failure))
        {
            throw new DeviceMemoryException(failure.Message, failure);
        }
        catch (OutOfMemoryException)
        {
            GiveBackHeap();
            throw;
        }
    }

    /// <inheritdoc />
    public void FreeDeviceMemory() => models.UnloadAll();

    private static NodeResult? Guard(Func<NodeResult?> call)
    {
        using var mode = TorchRuntime.Inference();
        using var scope = torch.NewDisposeScope();
        try
        {
            var result = call();
            if (result is not null)
                Keep(result);
            return result;
        }
        catch (Exception failure) when (IsOutOfDeviceMemory(failure))
        {
            throw new DeviceMemoryException(failure.Message, failure);
        }
        catch (OutOfMemoryException)
        {
            GiveBackHeap();
            throw;
        }
    }

    // What the node took is garbage now, but would keep torch from getting any memory until it is given back.
    private static void GiveBackHeap() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private static void Keep(NodeResult result)
    {
        foreach (var value in SliceOutput.Owned(result))
        {
            foreach (var tensor in ValueParts.Disposables(value).OfType<torch.Tensor>())
                tensor.DetachFromDisposeScope();
        }
    }

    private static bool IsOutOfDeviceMemory(Exception failure) => failure is Farm.Engine.Memory.DeviceMemoryException
        || failure is ExternalException { Message: var message }
            && (message.Contains("out of memory", StringComparison.OrdinalIgnoreCase) || message.Contains("can't allocate memory", StringComparison.Ordinal));
}
