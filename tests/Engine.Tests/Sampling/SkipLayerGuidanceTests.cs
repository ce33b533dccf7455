using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

/// <summary>Skip layer guidance on a network of formulas that honours the list of blocks, against the guidance's own formula.</summary>
public sealed class SkipLayerGuidanceTests
{
    private const float Sigma = 2;
    private const float Positive = 0.5f, Negative = -0.25f;

    private static readonly SkipLayerGuidance Guidance = new(new SkippedBlocks([1], [0]), StartSigma: 3, EndSigma: 1);

    /// <summary>d = u + g(p − u), d' = d + s(p − q), d'·(ρ·std(p)/std(d') + 1 − ρ).</summary>
    [Theory]
    [InlineData(5, 3, 0)]
    [InlineData(5, 3, 0.7)]
    [InlineData(1, 2, 0)]
    [InlineData(1, 2, 1)]
    public void Denoise_InTheWindow_StepsAwayFromThePositiveWithoutTheBlocks(float g, float scale, float rescaling)
    {
        using var scope = NewDisposeScope();
        var (network, x) = (new Blocks(), Noise());

        var x0 = Denoise(network, x, Sigma, g, GuidanceHooks.None.With(Guidance.Steer(scale, rescaling)));

        var (p, u, q) = (Blocks.X0(x, Positive, SkippedBlocks.None), Blocks.X0(x, Negative, SkippedBlocks.None), Blocks.X0(x, Positive, Guidance.Blocks));
        var expected = u + (p - u) * g + (p - q) * scale;
        expected *= rescaling * Deviation(p) / Deviation(expected) + 1 - rescaling;
        Assert.InRange(Fixture.RelativeError(x0, expected), 0, 1e-5);
        Assert.InRange(Fixture.RelativeError(q, p), 0.1, 10);
        Assert.Equal([false, true], network.Skips);
    }

    [Theory]
    [InlineData(3.01f, 3)]
    [InlineData(0.99f, 3)]
    [InlineData(Sigma, 0)]
    public void Denoise_OutsideTheWindowOrWithoutScale_IsThePlainMixInOnePass(float sigma, float scale)
    {
        using var scope = NewDisposeScope();
        var (network, x) = (new Blocks(), Noise());

        var x0 = Denoise(network, x, sigma, 5, GuidanceHooks.None.With(Guidance.Steer(scale, 0.7f)));

        Assert.InRange(Fixture.RelativeError(x0, Denoise(new Blocks(), x, sigma, 5, GuidanceHooks.None)), 0, 1e-6);
        Assert.Equal([false], network.Skips);
    }

    [Fact]
    public void Denoise_WithNoBlockNamed_IsThePlainMix()
    {
        using var scope = NewDisposeScope();
        var (network, x) = (new Blocks(), Noise());

        var x0 = Denoise(network, x, Sigma, 5, GuidanceHooks.None.With((Guidance with { Blocks = SkippedBlocks.None }).Steer(3, 0.7f)));

        Assert.InRange(Fixture.RelativeError(x0, Denoise(new Blocks(), x, Sigma, 5, GuidanceHooks.None)), 0, 1e-6);
    }

    /// <summary>Inside the window u + g(p − u) with u seen without the blocks; at g = 1 there is no negative.</summary>
    [Theory]
    [InlineData(Sigma, 5, new[] { false, true })]
    [InlineData(3.01f, 5, new[] { false })]
    [InlineData(Sigma, 1, new[] { false })]
    public void Denoise_WithTheNegativeSkipped_LeavesThePositive(float sigma, float g, bool[] skips)
    {
        using var scope = NewDisposeScope();
        var (network, x) = (new Blocks(), Noise());

        var x0 = Denoise(network, x, sigma, g, GuidanceHooks.None with { NegativePatches = Guidance.Passes });

        var u = Blocks.X0(x, Negative, skips.Contains(true) ? Guidance.Blocks : SkippedBlocks.None, sigma);
        Assert.InRange(Fixture.RelativeError(x0, u + (Blocks.X0(x, Positive, SkippedBlocks.None, sigma) - u) * g), 0, 1e-5);
        Assert.Equal(skips, network.Skips);
    }

    /// <summary>Between two of three conditionings, what hooks evaluate is the one that is steered towards.</summary>
    [Theory]
    [InlineData(false, Negative)]
    [InlineData(true, Positive)]
    public void DualDenoise_WithAHookThatEvaluates_EvaluatesTheInnerPositive(bool nested, float towards)
    {
        using var scope = NewDisposeScope();
        var x = Noise();
        Tensor? seen = null;
        var hooks = GuidanceHooks.None.With((call, _, mixed) =>
        {
            seen = call.Evaluate(call.Positive);
            return mixed;
        });

        new DualCfgGuider(new Blocks(), [Entry(Positive)], [Entry(Negative)], [Entry(0)], 5, 3, nested, hooks).Denoise(x, Sigma, needsNegative: false);

        Assert.InRange(Fixture.RelativeError(seen!, Blocks.X0(x, towards, SkippedBlocks.None)), 0, 1e-6);
    }

    private static Tensor Denoise(Blocks network, Tensor x, float sigma, float g, GuidanceHooks hooks) =>
        new CfgGuider(network, [Entry(Positive)], [Entry(Negative)], g, hooks).Denoise(x, sigma, needsNegative: false).X0;

    private static ConditioningEntry Entry(float value) => new(full([1, 77, 16], value));

    private static float Deviation(Tensor x) => x.std().item<float>();

    private static Tensor Noise()
    {
        using var random = new Generator(3);
        return randn([2, 4, 8, 8], generator: random);
    }

    /// <summary>Two double and two single blocks, each of which adds a multiple of the context's value and of the latent's square; what it gives is noise.</summary>
    private sealed class Blocks : IDiffusionModel
    {
        private static readonly float[] Doubles = [0.1f, 0.2f], Singles = [0.4f, 0.8f];

        /// <summary>Of each pass, whether blocks were left out.</summary>
        public List<bool> Skips { get; } = [];

        public ModelSampling Sampling { get; } = ModelSampling.Discrete(Prediction.Eps);

        public LatentFormat LatentFormat => LatentFormats.SD15;

        public Device Device => CPU;

        public ScalarType ComputeType => ScalarType.Float32;

        public Tensor Predict(Tensor x, Tensor timesteps, ModelInputs inputs)
        {
            Skips.Add(!inputs.Patches.Skipped.IsEmpty);
            return Noise(x, inputs.Context.select(2, 0).select(1, 0).reshape(-1, 1, 1, 1), inputs.Patches.Skipped);
        }

        /// <summary>The clean latent for one value of the context: x − σ·ε.</summary>
        public static Tensor X0(Tensor x, float value, SkippedBlocks skipped, float sigma = Sigma) =>
            x - Noise(x / MathF.Sqrt(sigma * sigma + 1), tensor(value), skipped) * sigma;

        private static Tensor Noise(Tensor x, Tensor value, SkippedBlocks skipped)
        {
            var weight = Doubles.Where((_, i) => !skipped.Double.Contains(i)).Concat(Singles.Where((_, i) => !skipped.Single.Contains(i))).Sum();
            return (x.square() + value) * weight;
        }
    }
}
