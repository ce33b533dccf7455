using System.Runtime.InteropServices;
using Farm.Engine.Memory;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Memory;

public sealed class ModelMemoryTests
{
    private readonly List<string> _log = [];

    [Fact]
    public void Use_Twice_LoadsOnce()
    {
        using var memory = new ModelMemory(CPU, 100);
        var slot = Slot(memory, "a", 60);

        using (slot.Use()) { }
        using (slot.Use()) { }

        Assert.Equal(["load a"], _log);
        Assert.Equal([new ResidentModel("a", 60, InUse: false)], memory.Residents);
    }

    [Fact]
    public void Use_SlotsOfOneKey_ShareTheNetwork()
    {
        using var memory = new ModelMemory(CPU, 100);

        using var first = Slot(memory, "a", 60).Use();
        using var second = Slot(memory, "a", 60).Use();

        Assert.Same(first.Network, second.Network);
        Assert.Equal(60, memory.ResidentBytes);
    }

    [Fact]
    public void Use_OverBudget_UnloadsTheLongestUnusedFirst()
    {
        using var memory = new ModelMemory(CPU, 100);
        using (Slot(memory, "a", 40).Use()) { }
        using (Slot(memory, "b", 40).Use()) { }
        using (Slot(memory, "a", 40).Use()) { }

        using (Slot(memory, "c", 40).Use()) { }

        Assert.Equal(["load a", "load b", "free b", "load c"], _log);
        Assert.Equal(["c", "a"], memory.Residents.Select(resident => resident.Name));
    }

    [Fact]
    public void Use_WhileAnotherIsHeld_NeverUnloadsTheHeld()
    {
        using var memory = new ModelMemory(CPU, 100);
        using var held = Slot(memory, "a", 90).Use();

        using (Slot(memory, "b", 90).Use()) Assert.Equal(180, memory.ResidentBytes);

        Assert.DoesNotContain("free a", _log);
    }

    [Fact]
    public void UnloadAll_FreesTheUnusedNowAndTheHeldAtTheirEnd()
    {
        using var memory = new ModelMemory(CPU, 100);
        using (Slot(memory, "a", 10).Use()) { }
        var held = Slot(memory, "b", 10).Use();

        memory.UnloadAll();
        Assert.Equal(["load a", "load b", "free a"], _log);
        held.Dispose();
        held.Dispose();

        Assert.Equal("free b", _log[^1]);
        Assert.Empty(memory.Residents);
    }

    [Fact]
    public void Use_LoadFails_LeavesNothingAndLoadsAgainNextTime()
    {
        using var memory = new ModelMemory(CPU, 100);
        var attempts = 0;
        var slot = new ModelSlot<Network>(memory, "a", "a", 10, _ => ++attempts == 1 ? throw new IOException("torn") : new Network("a", _log));

        Assert.Throws<IOException>(() => slot.Use());
        Assert.Equal(0, memory.ResidentBytes);
        using var lease = slot.Use();

        Assert.Equal(2, attempts);
    }

    [Theory]
    [InlineData(100, long.MaxValue, 100)]
    [InlineData(101, 100, 100)]
    public void Use_Network_GetsTheBudgetAsRoomWhereItIsLarger(long bytes, long room, long resident)
    {
        using var memory = new ModelMemory(CPU, 100);
        var slot = new ModelSlot<Network>(memory, "a", "a", bytes, given =>
        {
            Assert.Equal(room, given);
            return new Network("a", _log);
        });

        using var lease = slot.Use();

        Assert.Equal(resident, memory.ResidentBytes);
    }

    [Fact]
    public void Use_DeviceCannotHoldTheWhole_LoadsWithoutRoomForBlocks()
    {
        using var memory = new ModelMemory(CPU, 100);
        var rooms = new List<long>();
        var slot = new ModelSlot<Network>(memory, "a", "a", 10, room =>
        {
            rooms.Add(room);
            if (room > 0) AllocateTooMuch();
            return new Network("a", _log);
        });

        using var lease = slot.Use();

        Assert.Equal([long.MaxValue, long.MaxValue, 0], rooms);
    }

    [Fact]
    public void Run_OutOfMemoryOnce_UnloadsTheUnusedAndSucceeds()
    {
        using var memory = new ModelMemory(CPU, 100);
        using (Slot(memory, "a", 10).Use()) { }
        using var held = Slot(memory, "b", 10).Use();
        var attempts = 0;

        var result = memory.Run(() => ++attempts == 1 ? AllocateTooMuch() : "fits");

        Assert.Equal("fits", result);
        Assert.Equal(["load a", "load b", "free a"], _log);
    }

    [Fact]
    public void Run_OutOfMemoryTwice_SaysSo()
    {
        using var memory = new ModelMemory(CPU, 100);

        var error = Assert.Throws<DeviceMemoryException>(() => memory.Run(AllocateTooMuch));

        Assert.Contains("not enough memory", error.Message, StringComparison.Ordinal);
        Assert.IsType<ExternalException>(error.InnerException);
    }

    [Fact]
    public void Use_ManyThreadsTightBudget_LoadsAndFreesInPairs()
    {
        var memory = new ModelMemory(CPU, 25);
        var slots = Enumerable.Range(0, 5).Select(i => Slot(memory, $"{i}", 10)).ToArray();

        Parallel.For(0, 2000, i =>
        {
            using var lease = slots[i * 7 % slots.Length].Use();
            Assert.False(lease.Network.Freed);
        });
        memory.Dispose();

        Assert.Equal(_log.Count(line => line.StartsWith("load", StringComparison.Ordinal)), _log.Count(line => line.StartsWith("free", StringComparison.Ordinal)));
        Assert.Empty(memory.Residents);
    }

    [Theory]
    [InlineData(ComputePrecision.Auto, ScalarType.Float32, ScalarType.Float32, false)]
    [InlineData(ComputePrecision.Fp32, ScalarType.Float32, ScalarType.Float32, false)]
    [InlineData(ComputePrecision.Bf16, ScalarType.BFloat16, ScalarType.BFloat16, false)]
    [InlineData(ComputePrecision.Fp16, ScalarType.Float32, ScalarType.Float32, true)]
    public void Choose_OnTheCpu_NeverComputesInHalf(ComputePrecision precision, ScalarType diffusion, ScalarType vae, bool remarks)
    {
        var types = ComputeTypes.Choose(precision, DeviceType.CPU, ScalarType.Float16);

        Assert.Equal((diffusion, ScalarType.Float32, vae, remarks), (types.Diffusion, types.Text, types.Vae, types.Remark is not null));
    }

    [Theory]
    [InlineData(ComputePrecision.Auto, ScalarType.Float16, ScalarType.Float16)]
    [InlineData(ComputePrecision.Auto, ScalarType.BFloat16, ScalarType.BFloat16)]
    [InlineData(ComputePrecision.Fp32, ScalarType.Float16, ScalarType.Float32)]
    public void Choose_OnAGpu_FollowsTheFileUnlessTold(ComputePrecision precision, ScalarType stored, ScalarType diffusion) =>
        Assert.Equal(diffusion, ComputeTypes.Choose(precision, DeviceType.CUDA, stored).Diffusion);

    private static string AllocateTooMuch()
    {
        using var tensor = empty(1L << 50);
        return "fits";
    }

    private ModelSlot<Network> Slot(ModelMemory memory, string name, long bytes) => new(memory, name, name, bytes, _ => new Network(name, _log));

    private sealed class Network : IDisposable
    {
        private readonly string _name;
        private readonly List<string> _log;

        public Network(string name, List<string> log)
        {
            _name = name;
            _log = log;
            lock (log) log.Add($"load {name}");
        }

        public bool Freed { get; private set; }

        public void Dispose()
        {
            Freed = true;
            lock (_log) _log.Add($"free {_name}");
        }
    }
}
