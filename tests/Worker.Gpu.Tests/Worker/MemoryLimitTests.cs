using TorchSharp;
using Xunit;

namespace Farm.Worker.Tests.Worker;

public sealed class MemoryLimitTests
{
    [Fact]
    public void BytesFor_CpuByDefault_IsNineTenthsOfWhatTheProcessMayUse()
    {
        var bytes = MemoryLimit.BytesFor(new WorkerOptions(), DeviceType.CPU);

        Assert.Equal(HostMemory.Usable / 10 * 9, bytes);
        Assert.True(bytes > 0);
    }

    /// <summary>The runtime's own figure is three quarters of a container's limit: a limit by it would keep models out that fit.</summary>
    [Fact]
    public void Usable_IsNoLessThanTheRuntimesBoundOfItsHeap() =>
        Assert.True(HostMemory.Usable >= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    [Theory]
    [InlineData(null, 0L)]
    [InlineData(0L, 0L)]
    [InlineData(5L, 5L)]
    public void BytesFor_Gpu_IsNoneUnlessSet(long? option, long expected) =>
        Assert.Equal(expected, MemoryLimit.BytesFor(new WorkerOptions { MemoryLimitBytes = option }, DeviceType.CUDA));
}
