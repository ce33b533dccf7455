using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

/// <summary>Guiders and changes to guidance on the generated SD 1.x checkpoint.</summary>
[Collection(nameof(Measured))]
public sealed class GuidanceTests(SmallModel model) : IClassFixture<SmallModel>
{
    private const ulong Seed = 42;
    private const int Steps = 5;
    private const double Tolerance = 1e-3;

    private static readonly Golden Recorded = new("guiders.safetensors");

    private static readonly Dictionary<string, Func<SmallModel, Guider>> Cases = new(StringComparer.Ordinal)
    {
        ["baseline_cfg5"] = model => Cfg(model, GuidanceHooks.None),
        ["cfg1"] = model => Cfg(model, GuidanceHooks.None, 1),
        ["BasicGuider"] = model => new CfgGuider(model, model.Positive, [], 1),
        ["DualCFGGuider_regular_5.0_3.0"] = model => Dual(model, 5, 3, nested: false),
        ["DualCFGGuider_regular_1.0_1.0"] = model => Dual(model, 1, 1, nested: false),
        ["DualCFGGuider_regular_5.0_1.0"] = model => Dual(model, 5, 1, nested: false),
        ["DualCFGGuider_nested_5.0_3.0"] = model => Dual(model, 5, 3, nested: true),
        ["DualCFGGuider_nested_1.0_1.0"] = model => Dual(model, 1, 1, nested: true),
        ["DualCFGGuider_nested_5.0_1.0"] = model => Dual(model, 5, 1, nested: true),
        ["PerpNegGuider_5.0_1.0"] = model => Perp(model, 5, 1),
        ["PerpNegGuider_5.0_2.0"] = model => Perp(model, 5, 2),
        ["PerpNegGuider_5.0_0.0"] = model => Perp(model, 5, 0),
        ["PerpNegGuider_1.0_1.0"] = model => Perp(model, 1, 1),
        ["PerpNeg_1.5"] = model => Cfg(model, new GuidanceHooks { Mix = PerpNeg.Create(model.Encode(""), 1.5f) }),
        ["APG_1.0_5.0_0.0"] = model => Cfg(model, GuidanceHooks.None.With(Apg.Create(1, 5, 0))),
        ["APG_0.0_5.0_0.0"] = model => Cfg(model, GuidanceHooks.None.With(Apg.Create(0, 5, 0))),
        ["APG_0.5_0.0_-0.5"] = model => Cfg(model, GuidanceHooks.None.With(Apg.Create(0.5f, 0, -0.5f))),
        ["APG_0.3_2.0_0.75"] = model => Cfg(model, GuidanceHooks.None.With(Apg.Create(0.3f, 2, 0.75f))),
        ["CFGZeroStar"] = model => Cfg(model, GuidanceHooks.None.With(CfgZeroStar.Apply)),
        ["CFGNorm_1.0"] = model => Cfg(model, GuidanceHooks.None.With(CfgNorm.Create(1))),
        ["CFGNorm_0.7"] = model => Cfg(model, GuidanceHooks.None.With(CfgNorm.Create(0.7f))),
        ["TCFG"] = model => Cfg(model, GuidanceHooks.None.With(Tcfg.Apply)),
        ["RescaleCFG_0.7"] = model => Cfg(model, new GuidanceHooks { Mix = RescaleCfg.Create(0.7f) }),
        ["Mahiro"] = model => Cfg(model, GuidanceHooks.None.With(Mahiro.Apply)),
        ["RenormCFG_trunc2_1.0"] = model => Cfg(model, new GuidanceHooks { Mix = RenormCfg.Create(2, 1) }),
        ["RenormCFG_trunc100_0.5"] = model => Cfg(model, new GuidanceHooks { Mix = RenormCfg.Create(100, 0.5f) }),
        ["VideoLinearCFG_b3"] = model => Cfg(model, new GuidanceHooks { Mix = VideoCfg.Linear(1.5f) }),
        ["VideoTriangleCFG_b3"] = model => Cfg(model, new GuidanceHooks { Mix = VideoCfg.Triangle(1.5f) }),
        ["EpsilonScaling_1.02"] = model => Cfg(model, GuidanceHooks.None.With(EpsilonScaling.Create(1.02f))),
        ["TSR_0.9_1.3"] = model => Cfg(model, GuidanceHooks.None.With(TemporalScoreRescaling.Create(0.9f, 1.3f))),
        ["FreSca_1.1_1.4_2"] = model => Cfg(model, GuidanceHooks.None.With(FreSca.Create(1.1f, 1.4f, 2))),
        ["FreSca_0.9_1.25_20"] = model => Cfg(model, GuidanceHooks.None.With(FreSca.Create(0.9f, 1.25f, 20))),
        ["stack_APG_then_RescaleCFG_then_CFGNorm"] = model => Cfg(
            model, (GuidanceHooks.None with { Mix = RescaleCfg.Create(0.6f) }).With(Apg.Create(0.5f, 3, 0)).With(CfgNorm.Create(0.9f))),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Guider_OnTheSmallCheckpoint_GivesTheRecordedLatent(string name)
    {
        using var scope = NewDisposeScope();
        var sigmas = StepRules.Sigmas(model.Sampling.Table, "karras", "euler", Steps, 1);
        var latent = new LatentImage(zeros(Recorded[name].shape));

        var actual = KSampler.Sample(Cases[name](model), SamplerRegistry.Get("euler"), sigmas, Seed, latent);

        Assert.InRange(Golden.RelativeError(actual, Recorded[name]), 0, Tolerance);
    }

    [Fact]
    public void Cases_AreAllThatWereRecorded() => Assert.Equal(Recorded.Names.Order(StringComparer.Ordinal), Cases.Keys.Order(StringComparer.Ordinal));

    private static CfgGuider Cfg(SmallModel model, GuidanceHooks hooks, float scale = 5) => new(model, model.Positive, model.Negative, scale, hooks);

    private static DualCfgGuider Dual(SmallModel model, float positive, float middle, bool nested) =>
        new(model, model.Positive, model.Encode("a red car"), model.Negative, positive, middle, nested);

    private static PerpNegGuider Perp(SmallModel model, float scale, float negative) =>
        new(model, model.Positive, model.Negative, model.Encode(""), scale, negative);
}
