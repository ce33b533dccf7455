using Farm.Engine.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Fixtures;

/// <summary>Files of recorded figures beside the tests.</summary>
internal static class Fixture
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", name);

    public static SafetensorsFile Open(string name) => SafetensorsFile.Open(PathOf(name));

    /// <summary>‖actual − expected‖ / ‖expected‖.</summary>
    public static double RelativeError(Tensor actual, Tensor expected)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        var wanted = expected.to(ScalarType.Float64);
        return ((actual.to(ScalarType.Float64) - wanted).norm() / wanted.norm()).item<double>();
    }

    /// <summary>Whether type, shape and every value are equal.</summary>
    public static bool Same(Tensor actual, Tensor expected)
    {
        using var equal = actual.dtype == expected.dtype && actual.shape.SequenceEqual(expected.shape) ? actual.eq(expected).all() : tensor(false);
        return equal.item<bool>();
    }
}

/// <summary>Tests that count the process's tensors or memory run alone.</summary>
[CollectionDefinition(nameof(Measured), DisableParallelization = true)]
public sealed class Measured;
