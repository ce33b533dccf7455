using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

/// <summary>Other meanings of the network's output and other noise levels, on the generated SD 1.x checkpoint.</summary>
[Collection(nameof(Measured))]
public sealed class ModelSamplingTests(SmallModel model) : IClassFixture<SmallModel>
{
    private const double Tolerance = 1e-3;
    private const string Flow = "flow_SD3_3.0_";

    private static readonly Golden Recorded = new("model-sampling.safetensors");

    private static readonly Dictionary<string, Prediction> Predictions = new(StringComparer.Ordinal)
    {
        ["eps"] = Prediction.Eps, ["v_prediction"] = Prediction.V, ["x0"] = Prediction.X0,
    };

    /// <summary>Recorded names with the schedule they were sampled with.</summary>
    private static readonly Dictionary<string, (string Schedule, Func<ModelSampling> Create, LatentFormat? Format)> Overrides = new(StringComparer.Ordinal)
    {
        ["ContEDM_v_prediction"] = ("normal", () => ModelSampling.Edm(EdmKind.V), null),
        ["ContEDM_edm"] = ("normal", () => ModelSampling.Edm(EdmKind.Edm, sigmaData: 0.5), null),
        ["ContEDM_edm_playground_v2.5"] = ("normal", () => ModelSampling.Edm(EdmKind.Edm, sigmaData: 0.5), LatentFormats.Playground25),
        ["ContEDM_edm_pg_karras"] = ("karras", () => ModelSampling.Edm(EdmKind.Edm, sigmaData: 0.5), LatentFormats.Playground25),
        ["ContEDM_eps"] = ("normal", () => ModelSampling.Edm(EdmKind.Eps), null),
        ["ContEDM_cosmos"] = ("karras", () => ModelSampling.Edm(EdmKind.Cosmos), null),
        ["ContV"] = ("normal", () => ModelSampling.ContinuousV(500, 0.03), null),
        ["StableCascade_2.0"] = ("simple", () => new ModelSampling(new CascadeSigmas(2), Prediction.Eps), null),
        ["Flux_1024"] = ("simple", () => new ModelSampling(new FluxSigmas(FluxSigmas.ShiftFor(1.15, 0.5, 1024, 1024)), Prediction.Flow), null),
        ["Flux_512x768"] = ("simple", () => new ModelSampling(new FluxSigmas(FluxSigmas.ShiftFor(1.15, 0.5, 512, 768)), Prediction.Flow), null),
    };

    public static TheoryData<string> OverrideNames => [.. Overrides.Keys];

    public static MatrixTheoryData<bool, string> LcmCases => new([false, true], Schedules);

    private static readonly string[] Schedules = ["karras", "sgm_uniform"];

    public static MatrixTheoryData<string, bool, string> DiscreteCases => new(Predictions.Keys, [false, true], Schedules);

    public static TheoryData<string> FlowSamplers =>
        [.. Recorded.Names.Where(name => name.StartsWith(Flow, StringComparison.Ordinal)).Select(name => name[Flow.Length..])];

    [Theory]
    [MemberData(nameof(DiscreteCases))]
    public void Discrete_OfAPrediction_GivesTheRecordedLevelsAndLatent(string prediction, bool zeroTerminalSnr, string schedule)
    {
        using var scope = NewDisposeScope();
        model.Sampling = ModelSampling.Discrete(Predictions[prediction], zeroTerminalSnr);
        string name = $"{prediction}_zsnr{(zeroTerminalSnr ? 1 : 0)}_{schedule}";

        CheckLevels(Recorded.Floats($"sigmas_{name}"), StepRules.Sigmas(model.Sampling.Table, schedule, "euler", 5, 1));
        Assert.InRange(Golden.RelativeError(Sample("euler", schedule), Recorded[$"Discrete_{name}"]), 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(LcmCases))]
    public void Lcm_WithASchedule_GivesTheRecordedLevelsAndLatent(bool zeroTerminalSnr, string schedule)
    {
        using var scope = NewDisposeScope();
        model.Sampling = ModelSampling.Lcm(zeroTerminalSnr);
        string name = $"lcm_zsnr{(zeroTerminalSnr ? 1 : 0)}_{schedule}";

        CheckLevels(Recorded.Floats($"sigmas_{name}"), StepRules.Sigmas(model.Sampling.Table, schedule, "lcm", 5, 1));
        Assert.InRange(Golden.RelativeError(Sample("lcm", schedule), Recorded[$"Discrete_{name}"]), 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(OverrideNames))]
    public void Override_OfLevels_GivesTheRecordedLevelsAndLatent(string name)
    {
        using var scope = NewDisposeScope();
        var (schedule, create, format) = Overrides[name];
        model.Sampling = create();
        var table = model.Sampling.Table;
        float[] ends = [table.SigmaMin, table.SigmaMax, .. ((double[])[0, 0.2, 0.5, 0.8, 1]).Select(table.PercentToSigma)];

        CheckLevels(Recorded.Floats($"minmax_{name}"), ends);
        CheckLevels(Recorded.Floats($"sigmas_{name}"), StepRules.Sigmas(table, schedule, "euler", 5, 1));
        Assert.InRange(Golden.RelativeError(Sample("euler", schedule, format), Recorded[name]), 0, Tolerance);
    }

    [Theory]
    [InlineData("SD3_3.0", 3, 1000)]
    [InlineData("AuraFlow_1.73", 1.73, 1)]
    public void Flow_WithAShift_GivesTheRecordedLevelsAndLatent(string name, double shift, double multiplier)
    {
        using var scope = NewDisposeScope();
        model.Sampling = ModelSampling.Flow(shift, multiplier);
        var table = model.Sampling.Table;

        float[] ends = [table.SigmaMin, table.SigmaMax, .. ((double[])[0, 0.2, 0.5, 0.8, 1]).Select(table.PercentToSigma)];

        CheckLevels(Recorded.Floats($"minmax_{name}"), ends);
        CheckLevels(Recorded.Floats($"sigmas_{name}"), StepRules.Sigmas(table, "simple", "euler", 5, 1));
        Assert.InRange(Golden.RelativeError(Sample("euler", "simple"), Recorded[name]), 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(FlowSamplers))]
    public void Sampler_OnAFlow_GivesTheRecordedLatent(string sampler)
    {
        using var scope = NewDisposeScope();
        model.Sampling = ModelSampling.Flow(3);

        Assert.InRange(Golden.RelativeError(Sample(sampler, "simple"), Recorded[Flow + sampler]), 0, Tolerance);
    }

    /// <summary>As SamplerCustom runs: all levels of the schedule, whatever the sampler.</summary>
    private Tensor Sample(string sampler, string schedule, LatentFormat? format = null) => KSampler.Sample(
        new CfgGuider(format is null ? model : new Reformatted(model, format), model.Positive, model.Negative, 5),
        SamplerRegistry.Get(sampler),
        SigmaScheduleRegistry.Get(schedule)(model.Sampling.Table, 5),
        42,
        new LatentImage(zeros(1, 4, 8, 8)));

    private static void CheckLevels(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5 * Math.Max(1, expected[i]));
    }

    /// <summary>The model with another latent space.</summary>
    private sealed class Reformatted(SmallModel model, LatentFormat format) : IDiffusionModel
    {
        public ModelSampling Sampling => model.Sampling;

        public LatentFormat LatentFormat => format;

        public Device Device => model.Device;

        public ScalarType ComputeType => model.ComputeType;

        public Tensor Predict(Tensor x, Tensor timesteps, ModelInputs inputs) => model.Predict(x, timesteps, inputs);
    }
}
