using Farm.Engine.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

/// <summary>Solvers alone, on denoisers that are formulas.</summary>
public sealed class AnalyticSolverTests
{
    private const ulong Seed = 99;
    private const double Tolerance = 1e-5;

    // dpm_adaptive picks its first steps by errors at the rounding limit of fp32: the order of additions inside the denoiser alone, which for the
    // guided ones is not known, moves its result by 2e-4. uni_pc's walk from a flow's least level to 0.001 loses digits in the same way.
    private static readonly Dictionary<string, double> Sensitive = new(StringComparer.Ordinal)
    {
        ["dpm_adaptive_eps"] = 5e-4, ["uni_pc_flow"] = 1e-4, ["uni_pc_bh2_flow"] = 1e-4,
    };

    // Those that take two ends in place of levels were recorded between these; the first of the recorded levels is one bit above the same number.
    private static readonly float[] Ends = [14.6f, 0.03f];

    private static readonly Golden Plain = new("solvers-analytic.safetensors");
    private static readonly Golden Guided = new("guided-analytic.safetensors");
    private static readonly ModelSampling Eps = ModelSampling.Discrete(Prediction.Eps);
    private static readonly ModelSampling Flow = ModelSampling.Flow(shift: 3);

    public static TheoryData<string> PlainNames => [.. Plain.Names.Where(SamplerRegistry.Names.Contains)];

    public static TheoryData<string> GuidedNames =>
        [.. Guided.Names.Where(name => SamplerRegistry.Names.Contains(SamplerOf(name)) && name != SamplerOf(name))];

    [Theory]
    [MemberData(nameof(PlainNames))]
    public void Sampler_OnOneGaussian_GivesTheRecordedLatent(string name)
    {
        using var scope = NewDisposeScope();
        float[] sigmas = Plain.Floats("sigmas");
        if (name is "dpm_fast" or "dpm_adaptive")
            (sigmas[0], sigmas[^2]) = (Ends[0], Ends[1]);

        var actual = Run(SamplerRegistry.Get(name), Eps, Plain["x0"], sigmas, OneGaussian);

        Assert.InRange(Golden.RelativeError(actual, Plain[name]), 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(GuidedNames))]
    public void Sampler_UnderGuidance_GivesTheRecordedLatent(string name)
    {
        using var scope = NewDisposeScope();
        bool flow = name.EndsWith("_flow", StringComparison.Ordinal);
        string sigmas = flow ? "sigmas_flow" : name.EndsWith("_nozero", StringComparison.Ordinal) ? "sigmas_eps_no_zero_end" : "sigmas_eps";

        var actual = RunGuided(SamplerRegistry.Get(SamplerOf(name)), flow, Guided.Floats(sigmas));

        Assert.InRange(Golden.RelativeError(actual, Guided[name]), 0, Sensitive.GetValueOrDefault(name, Tolerance));
    }

    // In this order of operations euler, heun, dpm_2 and dpm_fast give the recorded bits.
    private static Denoised OneGaussian(Tensor x, float sigma)
    {
        var x0 = x / (1 + sigma * sigma) + 0.3f * (sigma * sigma) / (1 + sigma * sigma);
        return new Denoised(x0, zeros_like(x0)); // recorded without guidance: no negative was ever seen
    }

    internal static Tensor RunGuided(ISampler sampler, bool flow, float[] sigmas) =>
        Run(sampler, flow ? Flow : Eps, Guided[flow ? "x0_flow" : "x0_eps"], sigmas, GuidedDenoiser(flow));

    private static Denoiser GuidedDenoiser(bool flow) => (x, sigma) =>
    {
        var positive = Mean(0.3f);
        var negative = Mean(-0.2f);
        return new Denoised(negative + (positive - negative) * 3, negative);

        Tensor Mean(float m) => flow
            ? m + (1 - sigma) * (x - (1 - sigma) * m) / ((1 - sigma) * (1 - sigma) + sigma * sigma)
            : x / (1 + sigma * sigma) + m * (sigma * sigma) / (1 + sigma * sigma);
    };

    private static Tensor Run(ISampler sampler, ModelSampling model, Tensor x, float[] sigmas, Denoiser denoiser)
    {
        using var generator = new Generator(Seed);
        using var run = new SamplingRun(model, sigmas, Seed, denoiser, generator);
        return run.Execute(sampler, x);
    }

    private static string SamplerOf(string name)
    {
        foreach (string ending in (string[])["_eps_nozero", "_eps", "_flow"])
            if (name.EndsWith(ending, StringComparison.Ordinal)) return name[..^ending.Length];
        return name;
    }
}
