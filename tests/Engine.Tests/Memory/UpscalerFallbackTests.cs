using System.Runtime.InteropServices;
using Farm.Engine.Memory;
using Farm.Engine.Models.Upscalers;
using Farm.Engine.Tests.Fixtures;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Memory;

/// <summary>An upscaler that has no memory for large tiles.</summary>
[Collection(nameof(Measured))]
public sealed class UpscalerFallbackTests : IDisposable
{
    private readonly ModelMemory _memory = new(CPU);

    public void Dispose() => _memory.Dispose();

    [Theory]
    [InlineData(600, 512)]
    [InlineData(511, 256)]
    [InlineData(128, 128)]
    public void Upscale_LargerThanMemory_HalvesItsTiles(long most, long largest)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(2);
        var network = new SmallMemory(most);
        var image = rand([1, 700, 24, 3], generator: random);

        var result = Model(network).Upscale(image);

        Assert.Equal(largest, network.Largest);
        Assert.InRange((result - Doubled(image.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)).abs().max().item<float>(), 0, 1e-5);
    }

    [Fact]
    public void Upscale_WithoutMemoryForTheLeastTile_SaysWhatHelps()
    {
        using var image = zeros(1, 700, 24, 3);

        var error = Assert.Throws<DeviceMemoryException>(() => Model(new SmallMemory(127)).Upscale(image));

        Assert.Contains("Use a smaller size", error.Message, StringComparison.Ordinal);
    }

    private UpscaleModel Model(SmallMemory network) => new(new ModelSlot<IUpscaleNetwork>(_memory, "upscaler", "upscaler", 0, _ => network), ScalarType.Float32);

    private static Tensor Doubled(Tensor x) => nn.functional.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest);

    /// <summary>Repeats pixels, and fails as libtorch does where a tile is too high.</summary>
    private sealed class SmallMemory(long most) : IUpscaleNetwork
    {
        public long Largest { get; private set; }

        public int Scale => 2;

        public Tensor Forward(Tensor x)
        {
            if (x.shape[2] > most) throw new ExternalException("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory");
            Largest = Math.Max(Largest, x.shape[2]);
            return Doubled(x);
        }

        public void Dispose()
        {
        }
    }
}
