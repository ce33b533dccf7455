using Farm.Engine.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

public sealed class LatentNoiseTests
{
    private static readonly Golden Recorded = new("sd15-samplers.safetensors");

    [Fact]
    public void Draw_OfASeed_IsBitEqual()
    {
        using var scope = NewDisposeScope();
        var noise = LatentNoise.Draw([1, 4, 8, 8], new Generator(123));

        Assert.Equal(Recorded.Floats("noise"), noise.data<float>().ToArray());
    }

    [Fact]
    public void Draw_WithBatchIndices_KeepsTheNamedRows()
    {
        using var scope = NewDisposeScope();
        var noise = LatentNoise.Draw([3, 4, 8, 8], new Generator(77), [5, 0, 5]);

        Assert.Equal(Recorded.Floats("noise_batch_index_5_0_5_seed77"), noise.data<float>().ToArray());
    }

    [Fact]
    public void Draw_WithANegativeBatchIndex_NamesTheField()
    {
        var error = Assert.Throws<ArgumentException>(() => LatentNoise.Draw([1, 4, 8, 8], new Generator(1), [-1]));

        Assert.Contains("batch_index", error.Message, StringComparison.Ordinal);
    }
}
