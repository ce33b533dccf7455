using Farm.Engine.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

/// <summary>Solvers with options other than KSampler's, under guidance of two analytic denoisers.</summary>
public sealed class SolverOptionTests
{
    private static readonly Dictionary<string, ISampler> Cases = new(StringComparer.Ordinal)
    {
        ["deis_tab_order4"] = new Deis(4),
        ["deis_tab_order2"] = new Deis(2),
        ["ipndm_order2"] = new Ipndm(2),
        ["ipndm_v_order3"] = new IpndmV(3),
        ["lms_order2"] = new Lms(2),
        ["er_sde_stage1"] = new ErSde { MaxStage = 1 },
        ["er_sde_snoise0"] = new ErSde { NoiseScale = 0 },
        ["seeds_2_phi2"] = new Seeds2(Phi2: true),
        ["seeds_2_eta0"] = new Seeds2(Eta: 0),
        ["seeds_2_eta0.5_r0.3"] = new Seeds2(Eta: 0.5f, R: 0.3f),
        ["seeds_3_eta0.5"] = new Seeds3(Eta: 0.5f, NoiseScale: 0.8f),
        ["sa_solver_simple2"] = new SaSolver { PredictorOrder = 2, CorrectorOrder = 2, SimpleOrder2 = true },
        ["sa_solver_p2c0"] = new SaSolver { PredictorOrder = 2, CorrectorOrder = 0 },
        ["sa_solver_tau1"] = new SaSolver { Tau = _ => 1 },
        ["euler_ancestral_eta0.5"] = new EulerAncestral(0.5f, 0.9f),
        ["dpm_2_ancestral_eta0.5"] = new Dpm2Ancestral(0.5f),
        ["dpmpp_2s_ancestral_eta0.5"] = new DpmPp2SAncestral(0.5f),
        ["dpmpp_sde_r0.3_eta0.5"] = new DpmPpSde(Eta: 0.5f, R: 0.3f),
        ["dpmpp_2m_sde_eta0"] = new DpmPp2MSde(Eta: 0),
        ["euler_churn"] = new Euler { Churn = new Churn(2, 0.1f, 10, 1.003f) },
        ["heun_churn"] = new Heun { Churn = new Churn(2) },
        ["heunpp2_churn"] = new HeunPp2 { Churn = new Churn(2) },
        ["dpm_2_churn"] = new Dpm2 { Churn = new Churn(2) },
        ["gradient_estimation_3"] = new GradientEstimation(3),
    };

    private static readonly Golden Recorded = new("guided-analytic.safetensors");

    public static TheoryData<string> Names => [.. Recorded.Names.Where(name => Cases.ContainsKey(CaseOf(name)))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Sampler_WithOptions_GivesTheRecordedLatent(string name)
    {
        using var scope = NewDisposeScope();
        bool flow = name.EndsWith("_flow", StringComparison.Ordinal);
        var actual = AnalyticSolverTests.RunGuided(Cases[CaseOf(name)], flow, Recorded.Floats(flow ? "sigmas_flow" : "sigmas_eps"));

        Assert.InRange(Golden.RelativeError(actual, Recorded[name]), 0, 1e-5);
    }

    /// <summary>A row a step, the newest slope first; the record has no last step to 0.</summary>
    [Fact]
    public void LmsCoefficients_OfOrder4_AreTheRecordedOnes()
    {
        using var scope = NewDisposeScope();
        var sigmas = Recorded.Floats("sigmas_eps");
        var recorded = Recorded["lms_coeffs_order4"];

        for (int step = 0; step < recorded.shape[0]; step++)
            for (int j = 0; j <= Math.Min(step, 3); j++)
                Assert.Equal(recorded[step, j].item<float>(), Lms.Coefficient(Math.Min(step + 1, 4), sigmas, step, j), 1e-6);
    }

    /// <summary>These take the ends of the levels only; the record has its 7, 8 and 9 evaluations between the same ends.</summary>
    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void DpmFast_WithNoise_GivesTheRecordedLatent(int evaluations)
    {
        using var scope = NewDisposeScope();
        float[] sigmas = Recorded.Floats("sigmas_eps");
        float[] levels = [sigmas[0], .. Enumerable.Repeat(1f, evaluations - 1), sigmas[^2]];

        var actual = AnalyticSolverTests.RunGuided(new DpmFast(Eta: 1), flow: false, levels);

        Assert.InRange(Golden.RelativeError(actual, Recorded[$"dpm_fast_n{evaluations}_eta1"]), 0, 1e-5);
    }

    [Theory]
    [InlineData("dpm_adaptive_order2_eta0.0", 2, 0f)]
    [InlineData("dpm_adaptive_order3_eta0.0", 3, 0f)]
    [InlineData("dpm_adaptive_order3_eta0.5", 3, 0.5f)]
    public void DpmAdaptive_WithOptions_GivesTheRecordedLatent(string name, int order, float eta)
    {
        using var scope = NewDisposeScope();

        var actual = AnalyticSolverTests.RunGuided(new DpmAdaptive { Order = order, Eta = eta }, flow: false, Recorded.Floats("sigmas_eps"));

        Assert.InRange(Golden.RelativeError(actual, Recorded[name]), 0, 1e-3); // its step sizes hang on fp32 rounding
    }

    [Fact]
    public void Deis_Weights_AreTheRecorded()
    {
        float[] sigmas = Recorded.Floats("sigmas_eps"), expected = Recorded.Floats("deis_tab_coeffs");
        for (int i = 2; i < sigmas.Length - 2; i++)
        {
            float[] weights = Deis.Weights(sigmas, i, 3);
            for (int j = 0; j < 3; j++) Assert.Equal(expected[3 * i + j], weights[j], 1e-5 * Math.Abs(expected[3 * i + j]));
        }
    }

    [Fact]
    public void Cases_AreAllRecorded() => Assert.Equal(Cases.Keys.Order(StringComparer.Ordinal), Names.Select(row => CaseOf(row.Data)).Distinct().Order(StringComparer.Ordinal));

    private static string CaseOf(string name) => name.Replace("_eps", "", StringComparison.Ordinal).Replace("_flow", "", StringComparison.Ordinal);
}
