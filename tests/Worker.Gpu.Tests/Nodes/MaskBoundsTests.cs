using System.Collections.Immutable;
using Farm.Engine.Sampling;
using Farm.Nodes;
using Farm.Worker.Nodes;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

public class MaskBoundsTests
{
    /// <summary>64x80 pixels are 8x10 cells: rows 16 to 39 are cells 2 to 4, columns 40 to 55 cells 5 and 6.</summary>
    [Fact]
    public void Of_MaskBounds_IsTheSmallestAreaAroundTheMask()
    {
        var mask = zeros(64, 80);
        mask.narrow(0, 16, 24).narrow(1, 40, 16).fill_(1);

        Assert.Equal(new LatentArea(3, 2, 2, 5), MaskBounds.Of(Masked(mask, "mask bounds"), 8, 10));
    }

    [Theory]
    [InlineData("default", 1)]
    [InlineData("mask bounds", 0)]
    public void Of_WholeAreaOrEmptyMask_IsEverywhere(string area, int value) =>
        Assert.Null(MaskBounds.Of(Masked(full([64, 80], value, ScalarType.Float32), area), 8, 10));

    private static ConditioningItem Masked(Tensor mask, string area)
    {
        var text = new Conditioning([new ConditioningItem(zeros(1, 77, 8), ImmutableDictionary<string, object?>.Empty)]);
        var call = new NodeCall(new TestNodeContext(), ["conditioning", "mask", "strength", "set_cond_area"], [text, mask, 1.0, area]);
        return Assert.Single(((Conditioning)new ConditioningSetMask().Invoke(call)!.Values[0]!).Items);
    }
}
