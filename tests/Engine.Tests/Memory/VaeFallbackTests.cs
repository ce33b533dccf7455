using System.Runtime.InteropServices;
using Farm.Engine.Memory;
using Farm.Engine.Models.Vae;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Memory;

/// <summary>An autoencoder that has no memory for large pieces.</summary>
[Collection(nameof(Measured))]
public sealed class VaeFallbackTests : IDisposable
{
    private const long MostCells = 64 * 64;

    private readonly ModelMemory _memory = new(CPU);

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void Decode_LargerThanMemory_IsDoneInTiles()
    {
        using var scope = NewDisposeScope();
        var network = new SmallMemory();
        var latent = linspace(0, 0.4, 96).reshape(1, 1, 1, 96).expand(1, 4, 80, 96).contiguous();

        var picture = Vae(network).Decode(latent);

        Assert.True(network.Failures > 0);
        Assert.Equal([1L, 640, 768, 3], picture.shape);
        Assert.InRange((picture - Doubled(latent)).abs().max().item<float>(), 0, 1e-5);
    }

    [Fact]
    public void Encode_LargerThanMemory_IsDoneInTiles()
    {
        using var scope = NewDisposeScope();
        var network = new SmallMemory();

        var latent = Vae(network).Encode(full([1, 640, 768, 3], 0.75f));

        Assert.True(network.Failures > 0);
        Assert.Equal([1L, 4, 80, 96], latent.shape);
        Assert.InRange((latent - 0.5f).abs().max().item<float>(), 0, 1e-5);
    }

    [Fact]
    public void DecodeAndEncode_WithoutMemoryForATile_SayWhatHelps()
    {
        using var scope = NewDisposeScope();
        var vae = Vae(new SmallMemory(mostCells: 0));

        foreach (var work in (Action[])[() => vae.Decode(zeros(1, 4, 80, 96)), () => vae.Encode(zeros(1, 640, 768, 3))])
            Assert.Contains("Use a smaller size", Assert.Throws<DeviceMemoryException>(work).Message, StringComparison.Ordinal);
    }

    private VaeModel Vae(SmallMemory network)
    {
        var part = new NetworkPart<IVaeNetwork>(new MemorySource().Dict, WeightPatches.None, _ => new ModelSlot<IVaeNetwork>(_memory, "vae", "vae", 0, _ => network));
        return new VaeModel(part, ScalarType.Float32, latentChannels: 4, downscale: 8);
    }

    private static Tensor Doubled(Tensor latent) => ((SmallMemory.Grow(latent) + 1) / 2).permute(0, 2, 3, 1);

    /// <summary>Repeats or averages cells, and fails as libtorch does where there are too many of them.</summary>
    private sealed class SmallMemory(long mostCells = MostCells) : IVaeNetwork
    {
        public int Failures { get; private set; }

        public static Tensor Grow(Tensor latent) => nn.functional.interpolate(latent.narrow(1, 0, 3), scale_factor: [8, 8], mode: InterpolationMode.Nearest);

        public Tensor Encode(Tensor pixels)
        {
            Check(pixels.shape[2] * pixels.shape[3] / 64);
            return nn.functional.avg_pool2d(pixels.narrow(1, 0, 1), 8).expand(-1, 4, -1, -1).contiguous();
        }

        public Tensor Decode(Tensor latent)
        {
            Check(latent.shape[2] * latent.shape[3]);
            return Grow(latent);
        }

        public void Dispose()
        {
        }

        private void Check(long cells)
        {
            if (cells <= mostCells) return;
            Failures++;
            throw new ExternalException("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory");
        }
    }
}
