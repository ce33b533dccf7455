using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;
using Farm.Worker.Gpu.Tests.Fixtures;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Guidance that leaves out layers: what the nodes ask of a network, and that a UNet, which has no such layers, gives what it gave. The formula is held in the engine's tests.</summary>
public sealed class SkipLayerNodeTests(ModelNodes nodes) : IClassFixture<ModelNodes>, IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void SkipLayerNodes_OnAUNet_ChangeNothingButByRescaling()
    {
        var plain = Sample(nodes.Model);

        Assert.InRange(ModelNodes.Error(Sample(Patched("SkipLayerGuidanceSD3", Window(0, 1), ("layers", "7, 8, 9"), ("scale", 3.0))), plain), 0, 1e-4);
        Assert.InRange(ModelNodes.Error(Sample(Patched("SkipLayerGuidanceDiTSimple", Window(0, 1), Layers)), plain), 0, 1e-4);
        Assert.InRange(ModelNodes.Error(Sample(Patched("SkipLayerGuidanceDiT", Window(0, 1), [.. Layers, ("scale", 3.0), ("rescaling_scale", 0.0)])), plain), 0, 1e-4);
        Assert.InRange(ModelNodes.Error(Sample(Patched("SkipLayerGuidanceDiT", Window(0, 1), [.. Layers, ("scale", 3.0), ("rescaling_scale", 0.7)])), plain), 1e-3, 10);
    }

    /// <summary>With zeros for the mix, ones for the positive and a network that gives x0 = x where blocks are left out, d + s(p − q) is s(1 − x).</summary>
    [Theory]
    [InlineData("SkipLayerGuidanceSD3", new[] { 7, 8 }, new int[0])]
    [InlineData("SkipLayerGuidanceDiT", new[] { 7, 8 }, new[] { 3 })]
    public void SkipLayerNodes_Inputs_AreBlocksScaleAndWindow(string node, int[] doubles, int[] singles)
    {
        (string, object?)[] layers = node == "SkipLayerGuidanceSD3" ? [("layers", "7,8")] : [.. Layers, ("rescaling_scale", 0.0)];
        var hook = Assert.Single(Patched(node, Window(0.2, 0.6), [.. layers, ("scale", 2.5)]).Prepare().Hooks.After);
        var (network, x) = (new Silent(), full([1, 4, 8, 8], 0.5f));

        foreach (var (sigma, acts) in Around(0.2, 0.6))
        {
            var steered = hook(new GuidanceCall(network, x, sigma, 5) { Positive = [new ConditioningEntry(zeros(1, 77, 768))] }, new GuidancePair(ones_like(x), zeros_like(x)), zeros_like(x));
            Assert.Equal(acts ? 2.5f * 0.5f : 0, steered[0, 0, 0, 0].item<float>(), 1e-5f);
        }
        Assert.Equal(3, network.Seen.Count);
        Assert.All(network.Seen, skipped => CheckBlocks(doubles, singles, skipped));
    }

    [Fact]
    public void SkipLayerSimple_Inputs_AreTheNegativesBlocksAndWindow()
    {
        var hooks = Patched("SkipLayerGuidanceDiTSimple", Window(0.2, 0.6), Layers).Prepare().Hooks;

        Assert.Empty(hooks.After);
        foreach (var (sigma, acts) in Around(0.2, 0.6))
        {
            var patches = hooks.NegativePatches!(new GuidanceCall(nodes.Model, zeros(1, 4, 8, 8), sigma, 5));
            Assert.Equal(acts, patches is not null);
            if (patches is not null) CheckBlocks([7, 8], [3], patches.Skipped);
        }
    }

    [Fact]
    public void SkipLayerNodes_OfANumberBeyondAllLayers_NameTheInput()
    {
        var error = Assert.Throws<NodeFailedException>(() => Patched("SkipLayerGuidanceDiTSimple", Window(0, 1), ("double_layers", "7"), ("single_layers", "99999999999")));

        Assert.Contains("single_layers: 99999999999", error.Message, StringComparison.Ordinal);
    }

    private static void CheckBlocks(int[] doubles, int[] singles, SkippedBlocks skipped)
    {
        Assert.Equal(doubles, skipped.Double);
        Assert.Equal(singles, skipped.Single);
    }

    private static (string, object?)[] Layers => [("double_layers", "7, 8"), ("single_layers", "[3]")];

    private static (string, object?)[] Window(double start, double end) => [("start_percent", start), ("end_percent", end)];

    /// <summary>Levels before, in and after a window.</summary>
    private (float Sigma, bool Acts)[] Around(double start, double end)
    {
        var (first, last) = (nodes.Model.Sampling.Table.PercentToSigma(start), nodes.Model.Sampling.Table.PercentToSigma(end));
        return [(first * 1.01f, false), (first, true), ((first + last) / 2, true), (last, true), (last * 0.99f, false)];
    }

    private DiffusionModel Patched(string node, (string, object?)[] window, params (string, object?)[] inputs) =>
        (DiffusionModel)nodes.Invoke(node, [("model", nodes.Model), .. inputs, .. window])[0]!;

    private Tensor Sample(DiffusionModel model) => nodes.Sample(model, ModelNodes.Text(1), ModelNodes.Text(2));

    /// <summary>Predicts no noise and notes which blocks it was to leave out.</summary>
    private sealed class Silent : IDiffusionModel
    {
        public List<SkippedBlocks> Seen { get; } = [];

        public ModelSampling Sampling { get; } = ModelSampling.Discrete(Prediction.Eps);

        public LatentFormat LatentFormat => LatentFormats.SD15;

        public Device Device => CPU;

        public ScalarType ComputeType => ScalarType.Float32;

        public Tensor Predict(Tensor x, Tensor timesteps, ModelInputs inputs)
        {
            Seen.Add(inputs.Patches.Skipped);
            return zeros_like(x);
        }
    }
}
