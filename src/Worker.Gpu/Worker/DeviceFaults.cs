using Farm.Contracts.Prompts;
using Farm.Contracts.Workers;
using Farm.Engine.Memory;
using TorchSharp;

namespace Farm.Worker;

/// <summary>Tells failures of the device from those of a prompt. On the processor there are none of the device's own.</summary>
internal sealed class DeviceFaults(ModelMemory models)
{
    /// <summary>What libtorch's messages say when CUDA or one of its libraries fails.</summary>
    private static readonly string[] DeviceErrors = ["CUDA error", "cuDNN error", "CUBLAS_STATUS", "CUSOLVER_STATUS", "NCCL error"];

    /// <summary>The fault behind the event that closes a run.</summary>
    public WorkerFault FaultOf(RunEvent closing) =>
        models.Device.type == DeviceType.CUDA && closing is ExecutionError { Failure: var failure } ? FaultOf(failure) : WorkerFault.None;

    /// <summary>The fault behind a failure on a GPU.</summary>
    internal static WorkerFault FaultOf(ExecutionFailure failure)
    {
        if (failure.Type == "torch.OutOfMemoryError")
            return WorkerFault.DeviceMemory;
        return Array.Exists(DeviceErrors, text => failure.Message.Contains(text, StringComparison.Ordinal)) ? WorkerFault.Device : WorkerFault.None;
    }
}
