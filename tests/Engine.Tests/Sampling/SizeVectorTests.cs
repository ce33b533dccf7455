using Farm.Engine.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

/// <summary>
/// SDXL's vectors (arXiv 2307.01952, section 2.2 and appendix): the text's summary, then of each number 128 cosines and 128 sines at frequencies 10000^(−i/128).
/// </summary>
public sealed class SizeVectorTests
{
    private const int PooledWidth = 1280;
    private const double Rounding = 2e-4; // of angles up to 1536 in fp32

    [Fact]
    public void Base_IsSizeCropAndTarget() => Check(
        SizeVector.Base, Sources() with { CropWidth = 32, CropHeight = 16, TargetWidth = 768, TargetHeight = 512 }, [1536, 1024, 16, 32, 512, 768]);

    [Fact]
    public void Base_WithoutATarget_TakesTheSize() => Check(SizeVector.Base, Sources(), [1536, 1024, 0, 0, 1536, 1024]);

    [Theory]
    [InlineData(false, null, 6)]
    [InlineData(true, null, 2.5)]
    [InlineData(true, 4.25, 4.25)]
    public void Refiner_IsSizeCropAndScore(bool isNegative, double? given, double score) =>
        Check(SizeVector.Refiner, Sources() with { CropWidth = 8, IsNegative = isNegative, AestheticScore = given }, [1536, 1024, 0, 8, score]);

    [Fact]
    public void Base_WithoutASummary_IsNothing() => Assert.Null(SizeVector.Base(new VectorSources(Pooled: null, 64, 64)));

    /// <summary>What unCLIP makes of images (recorded) takes the text's place, cut to its width; the sizes stay.</summary>
    [Fact]
    public void Base_WithAnImage_HasItInTheTextsPlace()
    {
        using var scope = NewDisposeScope();
        var sources = Sources();
        var image = new ImagePrompt(sources.Pooled! / PooledWidth, Strength: 0.5f, NoiseAugmentation: 0.25);

        var vector = SizeVector.Base(sources with { Images = [image], Seed = 30 })!;

        Assert.Equal(new ImagePrompts().Vector([image], seed: 30).narrow(1, 0, PooledWidth).contiguous().data<float>().ToArray(), vector.narrow(1, 0, PooledWidth).contiguous().data<float>().ToArray());
        Assert.Equal(SizeVector.Base(sources)!.narrow(1, PooledWidth, 6 * 256).contiguous().data<float>().ToArray(), vector.narrow(1, PooledWidth, 6 * 256).contiguous().data<float>().ToArray());
    }

    private static VectorSources Sources() => new(arange(PooledWidth, ScalarType.Float32).reshape(1, -1), Width: 1024, Height: 1536);

    private static void Check(Func<VectorSources, Tensor?> rule, VectorSources sources, double[] numbers)
    {
        using var scope = NewDisposeScope();
        var vector = rule(sources)!;

        Assert.Equal([1, PooledWidth + 256 * numbers.Length], vector.shape);
        var values = vector.data<float>().ToArray();
        Assert.Equal(Enumerable.Range(0, PooledWidth).Select(i => (float)i), values[..PooledWidth]);
        var angles = numbers.SelectMany(number => ((Func<double, double>[])[Math.Cos, Math.Sin]).SelectMany(
            wave => Enumerable.Range(0, 128).Select(i => wave(number * Math.Pow(10000, -i / 128.0)))));
        Assert.All(angles.Zip(values[PooledWidth..]), pair => Assert.Equal(pair.First, pair.Second, Rounding));
    }
}
