using Farm.Benchmarks;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Fixtures;

/// <summary>The measure that the benchmark <c>cuda</c> holds a GPU's pictures to.</summary>
public sealed class SsimTests
{
    [Fact]
    public void Of_APictureAndItself_IsOne()
    {
        using var scope = NewDisposeScope();
        var picture = rand([2, 16, 20, 3], generator: new Generator(1));

        Assert.Equal(1, Ssim.Of(picture, picture), 1e-12);
    }

    /// <summary>Flat pictures vary in nothing, so that (2ab + C₁)/(a² + b² + C₁) is left, C₁ = 0.0001.</summary>
    [Fact]
    public void Of_FlatPictures_IsTheTermOfTheirMeans()
    {
        using var scope = NewDisposeScope();

        var similarity = Ssim.Of(full([1, 16, 16, 3], 0.25f), full([1, 16, 16, 3], 0.75f));

        Assert.Equal((2 * 0.25 * 0.75 + 0.0001) / (0.25 * 0.25 + 0.75 * 0.75 + 0.0001), similarity, 1e-6);
    }

    /// <summary>Of equal means, 1 − x has the covariance −σ² to x: the second term is (C₂ − 2σ²)/(C₂ + 2σ²), near −1 for noise.</summary>
    [Fact]
    public void Of_ANegative_IsNearMinusOne()
    {
        using var scope = NewDisposeScope();
        var noise = rand([1, 32, 32, 3], generator: new Generator(2));

        Assert.InRange(Ssim.Of(noise, 1 - noise), -1, -0.9);
    }
}
