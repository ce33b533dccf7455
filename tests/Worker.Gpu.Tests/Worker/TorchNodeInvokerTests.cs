using System.Runtime.InteropServices;
using Farm.Engine.Memory;
using Farm.Nodes;
using Farm.Worker.Gpu.Tests.Nodes;
using Farm.Worker.Tests.Execution;
using Xunit;
using static TorchSharp.torch;
using DeviceMemoryException = Farm.Nodes.DeviceMemoryException;

namespace Farm.Worker.Tests.Worker;

/// <summary>How torch says that memory ran out, from nodes of both kinds.</summary>
public sealed class TorchNodeInvokerTests
{
    // The first is CUDA's allocator, the second the CPU's.
    private const string Gpu = "CUDA out of memory. Tried to allocate 2.00 GiB.", Cpu = "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.";

    private readonly NodeCall _call = new(new TestNodeContext(), [], []);

    [Theory]
    [InlineData(Gpu)]
    [InlineData(Cpu)]
    public async Task OutOfMemory_OfANodeOfEitherKind_IsToldAsSuch(string message)
    {
        using var memory = new ModelMemory(CPU);
        var invoker = new TorchNodeInvoker(memory);
        var sync = new ScriptNode(n => n.Named("Hungry"), _ => throw new ExternalException(message));
        var waits = new AsyncScriptNode(n => n.Named("Hungry"), async (_, _) =>
        {
            await Task.Yield();
            throw new ExternalException(message);
        });

        Assert.Equal(message, Assert.Throws<DeviceMemoryException>(() => invoker.Invoke(sync, _call)).Message);
        Assert.Equal(message, (await Assert.ThrowsAsync<DeviceMemoryException>(async () => await invoker.InvokeAsync(waits, _call, CancellationToken.None))).Message);
    }
}
