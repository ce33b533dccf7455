using TorchSharp;

namespace Farm.Engine.Tests;

/// <summary>Tensors that live in this process.</summary>
internal static class LiveTensors
{
    /// <summary>How many, once those that earlier tests left to the garbage collector are gone: it would lower the count in the middle of a test.</summary>
    public static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }
}
