using Farm.Engine.Sampling;
using Xunit;

namespace Farm.Engine.Tests.Sampling;

public sealed class StepRulesTests
{
    private static readonly DiscreteSigmas Table = new();

    [Fact]
    public void Sigmas_WithPartOfTheWalk_AreTheTailOfALongerOne()
    {
        float[] longer = SigmaScheduleRegistry.Get("karras")(Table, 10); // int(6 / 0.55)

        Assert.Equal(longer[^7..], StepRules.Sigmas(Table, "karras", "euler", 6, 0.55));
    }

    [Theory]
    [InlineData("dpm_2")]
    [InlineData("dpm_2_ancestral")]
    [InlineData("uni_pc")]
    [InlineData("uni_pc_bh2")]
    public void Sigmas_OfSamplersThatSkipALevel_LackTheSecondLastOfOneMoreStep(string sampler)
    {
        float[] longer = SigmaScheduleRegistry.Get("normal")(Table, 7);

        Assert.Equal([.. longer[..6], 0], StepRules.Sigmas(Table, "normal", sampler, 6, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Sigmas_WithoutDenoise_AreNone(double denoise) => Assert.Empty(StepRules.Sigmas(Table, "karras", "euler", 6, denoise));

    [Fact]
    public void Sigmas_WithoutSteps_NamesTheSetting() =>
        Assert.Equal("steps", Assert.Throws<ArgumentOutOfRangeException>(() => StepRules.Sigmas(Table, "karras", "euler", 0, 1)).ParamName);

    [Fact]
    public void Slice_BetweenSteps_KeepsOrForcesTheEnd()
    {
        float[] sigmas = [5, 4, 3, 2, 1, 0];

        Assert.Equal([4, 3, 2], StepRules.Slice(sigmas, 1, 3, forceFullDenoise: false));
        Assert.Equal([4, 3, 0], StepRules.Slice(sigmas, 1, 3, forceFullDenoise: true));
        Assert.Equal(sigmas, StepRules.Slice(sigmas, 0, 10_000, forceFullDenoise: true));
        Assert.Empty(StepRules.Slice(sigmas, 5, null, forceFullDenoise: false));
        Assert.Equal([5, 4, 3, 2, 1, 0], sigmas);
    }
}
