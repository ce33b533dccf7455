using Farm.Engine.Sampling;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>What the nodes of samplers and noise set the engine to; the engine's options are held against recordings in its own tests.</summary>
public sealed class SamplerNodeTests(ModelNodes nodes) : IClassFixture<ModelNodes>, IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    /// <summary>Every input differs from its default, so that none can stand in another's place.</summary>
    private static readonly Dictionary<string, (string Node, (string, object?)[] Inputs, ISampler Expected)> Cases = new(StringComparer.Ordinal)
    {
        ["adaptive"] = ("SamplerDPMAdaptative",
            [("order", 2L), ("rtol", 0.04), ("atol", 0.007), ("h_init", 0.06), ("pcoeff", 0.1), ("icoeff", 0.9), ("dcoeff", 0.2), ("accept_safety", 0.8), ("eta", 0.5), ("s_noise", 0.75)],
            new DpmAdaptive { Order = 2, RelativeTolerance = 0.04, AbsoluteTolerance = 0.007, FirstStep = 0.06, Control = (0.1, 0.9, 0.2), AcceptSafety = 0.8, Eta = 0.5f, NoiseScale = 0.75f }),
        ["2m_sde midpoint"] = ("SamplerDPMPP_2M_SDE", [("solver_type", "midpoint"), ("eta", 0.5), ("s_noise", 0.75), ("noise_device", "cpu")], new DpmPp2MSde(Eta: 0.5f, NoiseScale: 0.75f)),
        ["2m_sde heun"] = ("SamplerDPMPP_2M_SDE", [("solver_type", "heun"), ("eta", 0.5), ("s_noise", 0.75), ("noise_device", "gpu")], new DpmPp2MSde(Eta: 0.5f, NoiseScale: 0.75f, HeunCorrection: true)),
        ["2s_ancestral"] = ("SamplerDPMPP_2S_Ancestral", [("eta", 0.5), ("s_noise", 0.75)], new DpmPp2SAncestral(Eta: 0.5f, NoiseScale: 0.75f)),
        ["3m_sde"] = ("SamplerDPMPP_3M_SDE", [("eta", 0.5), ("s_noise", 0.75), ("noise_device", "cpu")], new DpmPp3MSde(Eta: 0.5f, NoiseScale: 0.75f)),
        ["sde"] = ("SamplerDPMPP_SDE", [("eta", 0.5), ("s_noise", 0.75), ("r", 0.25), ("noise_device", "cpu")], new DpmPpSde(Eta: 0.5f, NoiseScale: 0.75f, R: 0.25f)),
        ["euler_ancestral"] = ("SamplerEulerAncestral", [("eta", 0.5), ("s_noise", 0.75)], new EulerAncestral(Eta: 0.5f, NoiseScale: 0.75f)),
        ["euler_ancestral_cfg_pp"] = ("SamplerEulerAncestralCFGPP", [("eta", 0.5), ("s_noise", 0.75)], new EulerAncestralCfgPp(Eta: 0.5f, NoiseScale: 0.75f)),
        ["euler_cfg_pp"] = ("SamplerEulerCFGpp", [("version", "regular")], new EulerAncestralCfgPp(Eta: 0, NoiseScale: 0)),
        ["lms"] = ("SamplerLMS", [("order", 3L)], new Lms(Order: 3)),
        ["seeds_2 phi_1"] = ("SamplerSEEDS2", [("solver_type", "phi_1"), ("eta", 0.5), ("s_noise", 0.75), ("r", 0.25)], new Seeds2(Eta: 0.5f, NoiseScale: 0.75f, R: 0.25f)),
        ["seeds_2 phi_2"] = ("SamplerSEEDS2", [("solver_type", "phi_2"), ("eta", 0.5), ("s_noise", 0.75), ("r", 0.25)], new Seeds2(Eta: 0.5f, NoiseScale: 0.75f, R: 0.25f, Phi2: true)),
        ["select"] = ("KSamplerSelect", [("sampler_name", "dpmpp_2m")], new DpmPp2M()),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Sampler_WithEveryInputSet_IsTheEnginesWithThoseOptions(string name)
    {
        var (node, inputs, expected) = Cases[name];

        Assert.Equal(expected, nodes.Invoke(node, inputs)[0]);
    }

    [Fact]
    public void SamplerNodes_AreAllNamedHere() => Assert.Empty(RecordedCasesTests.Nodes.Keys
        .Where(name => name.StartsWith("Sampler", StringComparison.Ordinal) && RecordedCasesTests.Nodes[name].Definition.Outputs is [{ Type: "SAMPLER" }])
        .Except(Cases.Values.Select(test => test.Node)).Except(["SamplerER_SDE", "SamplerSASolver", "SamplerLCMUpscale"]));

    [Fact]
    public void SamplerEulerCFGpp_Alternative_SaysThatItIsNotThere() =>
        Assert.Contains("version", Assert.Throws<Farm.Nodes.NodeFailedException>(() => nodes.Invoke("SamplerEulerCFGpp", ("version", "alternative"))).Message, StringComparison.Ordinal);

    /// <summary>f(2) of the noise scaler: 2(e^(2^0.3) + 10), 2^(η+1), 2. The ODE and η = 0 draw no noise.</summary>
    [Theory]
    [InlineData("ER-SDE", 0.5, 0.75f, 26.850294)]
    [InlineData("ER-SDE", 0.0, 0.75f, 26.850294)]
    [InlineData("Reverse-time SDE", 0.5, 0.75f, 2.828427)]
    [InlineData("Reverse-time SDE", 0.0, 0f, 2.0)]
    [InlineData("ODE", 0.5, 0f, 2.0)]
    public void SamplerErSde_OfEachKind_HasItsScalerAndNoise(string kind, double eta, float noise, double scaled)
    {
        var sampler = Assert.IsType<ErSde>(nodes.Invoke("SamplerER_SDE", ("solver_type", kind), ("max_stage", 2L), ("eta", eta), ("s_noise", 0.75))[0]);

        Assert.Equal((2, noise), (sampler.MaxStage, sampler.NoiseScale));
        Assert.Equal(scaled, sampler.NoiseScaler(2), 1e-5);
    }

    /// <summary>The noise's window lies between the levels at its percents, ends included.</summary>
    [Fact]
    public void SamplerSaSolver_OfPercents_HasItsNoiseBetweenTheirLevels()
    {
        var sampler = Assert.IsType<SaSolver>(nodes.Invoke(
            "SamplerSASolver",
            ("model", nodes.Model), ("eta", 0.5), ("sde_start_percent", 0.3), ("sde_end_percent", 0.7), ("s_noise", 0.75), ("predictor_order", 2L), ("corrector_order", 1L), ("use_pece", true),
            ("simple_order_2", true))[0]);

        Assert.Equal(new SaSolver { PredictorOrder = 2, CorrectorOrder = 1, Pece = true, SimpleOrder2 = true, NoiseScale = 0.75f }, sampler with { Tau = null });
        var (start, end) = (nodes.Model.Sampling.Table.PercentToSigma(0.3), nodes.Model.Sampling.Table.PercentToSigma(0.7));
        Assert.Equal([0, 0.5f, 0.5f, 0.5f, 0], ((float[])[start * 1.01f, start, (start + end) / 2, end, end * 0.99f]).Select(sampler.Tau!));
    }

    [Theory]
    [InlineData(-1L, null)]
    [InlineData(0L, 0)]
    [InlineData(3L, 3)]
    public void SamplerLcmUpscale_Inputs_AreRatioStepsAndMethod(long steps, int? expected)
    {
        var sampler = Assert.IsType<LcmUpscale>(nodes.Invoke("SamplerLCMUpscale", ("scale_ratio", 1.5), ("scale_steps", steps), ("upscale_method", "nearest-exact"))[0]);

        Assert.Equal((1.5, expected), (sampler.Ratio, sampler.GrowingSteps));
        Assert.Equal([0f, 0, 1, 1], sampler.Resize(tensor([0f, 1]).reshape(1, 1, 1, 2), 4, 1).flatten().data<float>().ToArray());
    }

    /// <summary>The latent in the network's scale plus unit noise of the seed times the difference of the first and last level; of a single level, times it.</summary>
    [Theory]
    [InlineData(new[] { 5f, 3f, 1f }, 4f)]
    [InlineData(new[] { 5f }, 5f)]
    public void AddNoise_OfLevels_AddsTheirDifference(float[] levels, float scale)
    {
        var latent = ones(1, 4, 8, 8) * 0.5f;
        using var random = new Generator(7);

        var noisy = ((Latent)nodes.Invoke(
            "AddNoise", ("model", nodes.Model), ("noise", nodes.Invoke("RandomNoise", ("noise_seed", 7L))[0]), ("sigmas", tensor(levels)), ("latent_image", new Latent(latent)))[0]!).Samples;

        Assert.InRange(ModelNodes.Error(noisy, latent + randn([1, 4, 8, 8], generator: random) * scale / 0.18215), 0, 1e-6);
    }

    [Fact]
    public void AddNoise_WithDisabledNoiseOrNoLevels_GivesTheLatent()
    {
        var latent = new Latent(ones(1, 4, 8, 8) * 0.5f);
        var disabled = nodes.Invoke("DisableNoise")[0];

        var unnoised = ((Latent)nodes.Invoke("AddNoise", ("model", nodes.Model), ("noise", disabled), ("sigmas", tensor([5f, 1])), ("latent_image", latent))[0]!).Samples;

        Assert.InRange(ModelNodes.Error(unnoised, latent.Samples), 0, 1e-6);
        Assert.Same(latent, nodes.Invoke("AddNoise", ("model", nodes.Model), ("noise", disabled), ("sigmas", zeros(0)), ("latent_image", latent))[0]);
    }

    /// <summary>A walk cut in two: the second part goes on from the latent that still has its noise.</summary>
    [Fact]
    public void DisableNoise_InTheSecondPartOfAWalk_GivesTheWholeWalk()
    {
        float[] levels = [14.6146f, 4, 1, 0];
        var (noise, none) = (nodes.Invoke("RandomNoise", ("noise_seed", 7L))[0], nodes.Invoke("DisableNoise")[0]);

        var first = Walk(noise, levels[..3], new Latent(zeros(1, 4, 8, 8)));

        Assert.InRange(ModelNodes.Error(Walk(none, levels[2..], first).Samples, Walk(noise, levels, new Latent(zeros(1, 4, 8, 8))).Samples), 0, 1e-5);
    }

    private Latent Walk(object? noise, float[] levels, Latent latent) => (Latent)nodes.Invoke(
        "SamplerCustomAdvanced",
        ("noise", noise), ("guider", nodes.Invoke("BasicGuider", ("model", nodes.Model), ("conditioning", ModelNodes.Text(1)))[0]),
        ("sampler", nodes.Invoke("KSamplerSelect", ("sampler_name", "euler"))[0]), ("sigmas", tensor(levels)), ("latent_image", latent))[0]!;
}
