using Farm.Engine.Models.Control;
using Farm.Engine.Models.Gligen;
using Farm.Engine.Models.Layers;
using Farm.Engine.Models.Style;
using Farm.Engine.Models.Vision;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Weights;
using Farm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Models;

/// <summary>Networks beside the UNet, each alone, against recordings of ComfyUI 0.19.3 (Fixtures/ORIGIN.md).</summary>
[Collection(nameof(Measured))]
public sealed class RecordedNetworksTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private static readonly SafetensorsFile Recorded = SafetensorsFile.Open(Path.Combine(AppContext.BaseDirectory, "Models", "Fixtures", "networks.safetensors"));

    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Adapters => ["t2i-avgpool-tiny", "t2i-conv-tiny", "t2i-xl-tiny"];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Adapters))]
    public void Forward_OfAT2IAdapter_GivesTheRecordedResiduals(string name)
    {
        using var network = new T2IAdapterModel(Weights(name));

        var residuals = network.Forward(Recorded.OpenTensor(name + "|image"));

        foreach (var (list, values) in ((string, IReadOnlyList<Tensor?>)[])[("input", residuals.Input), ("middle", residuals.Middle)])
        {
            var recorded = Recorded.Tensors.Where(tensor => tensor.Name.StartsWith($"{name}|{list}|", StringComparison.Ordinal)).ToDictionary(tensor => int.Parse(tensor.Name.Split('|')[2], provider: null), tensor => tensor.Name);
            Assert.Equal(recorded.Keys.Order(), Enumerable.Range(0, values.Count).Where(i => values[i] is not null));
            foreach (var (place, tensor) in recorded) Assert.InRange(Fixture.RelativeError(values[place]!, Recorded.OpenTensor(tensor)), 0, Tolerance);
        }
        Assert.Equal(name == "t2i-xl-tiny" ? 10 : 12, residuals.Input.Count);
    }

    [Fact]
    public void Forward_OfAStyleAdapter_GivesTheRecordedTokens()
    {
        using var network = new StyleAdapterModel(Weights("styleadapter-tiny"), heads: 4);

        Check("styleadapter|out", network.Forward(Recorded.OpenTensor("styleadapter|in")));
    }

    [Fact]
    public void Forward_OfRedux_GivesTheRecordedTokens()
    {
        using var network = new ReduxModel(Weights("redux-tiny"));

        Check("redux|out", network.Forward(Recorded.OpenTensor("redux|in")));
    }

    [Theory]
    [InlineData(24, true)]
    [InlineData(24, false)]
    [InlineData(48, true)]
    [InlineData(48, false)]
    public void Prepare_OfAnImage_GivesTheRecordedPixels(int size, bool crop) =>
        Check($"clipvision|pre_{size}_{(crop ? "crop" : "nocrop")}", VisionImages.Prepare(Recorded.OpenTensor("clipvision|image"), size, crop));

    [Fact]
    public void PositionNet_OfBoxes_GivesTheRecordedObjects()
    {
        using var weights = Weights("gligen-posnet-tiny");
        var boxes = Recorded.OpenTensor("gligen|boxes");

        Check("gligen|fourier", PositionNet.Fourier(boxes));
        Check("gligen|posnet", new PositionNet(new WeightScope(weights)).Forward(boxes, Recorded.OpenTensor("gligen|masks"), Recorded.OpenTensor("gligen|emb")));
    }

    [Fact]
    public void Fuser_OfTokens_GivesTheRecordedTokens()
    {
        using var weights = Weights("gligen-fuser-tiny");

        Check("gligenfuser|out", new GatedFuser(new WeightScope(weights), heads: 4).Forward(Recorded.OpenTensor("gligenfuser|x"), Recorded.OpenTensor("gligenfuser|objs")));
    }

    [Fact]
    public void ImagePrompts_OneImage_GivesTheRecordedVector() =>
        Check("unclip|one", new ImagePrompts().Vector([new(Recorded.OpenTensor("unclip|e1"), 0.8f, 0.2)], seed: 110));

    [Fact]
    public void ImagePrompts_TwoImages_GiveTheRecordedVector() => Check(
        "unclip|two", new ImagePrompts().Vector([new(Recorded.OpenTensor("unclip|e1"), 0.8f, 0.2), new(Recorded.OpenTensor("unclip|e2"), 0.5f, 0.1)], seed: 110));

    private static void Check(string name, Tensor actual) => Assert.InRange(Fixture.RelativeError(actual, Recorded.OpenTensor(name)), 0, Tolerance);

    private static NetworkWeights Weights(string name) => new(new StateDict(SafetensorsFile.Open(Manifests.PathOf(name))), ScalarType.Float32, CPU);
}
