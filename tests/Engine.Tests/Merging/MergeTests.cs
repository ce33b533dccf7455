using System.Globalization;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Merging;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Engine.Tests.Sampling;
using Farm.Engine.Weights;
using Farm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Merging;

/// <summary>Merges of the small checkpoint with one of other values, against recordings of ComfyUI 0.19.3 (Fixtures/ORIGIN.md).</summary>
[Collection(nameof(Measured))]
public sealed class MergeTests(SmallModel small) : IClassFixture<SmallModel>, IDisposable
{
    private const string Native = "diffusion_model.";
    private const int KeptFeature = 8;

    private static readonly SafetensorsFile Recorded = SafetensorsFile.Open(Path.Combine(AppContext.BaseDirectory, "Merging", "Fixtures", "merges.safetensors"));

    private readonly ModelMemory _memory = new(CPU);

    public static TheoryData<string> Weights => [.. Recorded.Tensors.Select(tensor => tensor.Name).Where(name => name.Contains('|', StringComparison.Ordinal))];

    public static TheoryData<string> Runs => ["modelB", "ModelMergeSimple_1.0", "ModelMergeSimple_0.3", "ModelMergeBlocks_0.8_0.3_0.1"];

    public void Dispose() => _memory.Dispose();

    [Theory]
    [MemberData(nameof(Weights))]
    public void Merge_OfAWeight_GivesTheRecordedOne(string name)
    {
        using var scope = NewDisposeScope();
        var key = name.Split('|')[1][Native.Length..];
        var merged = Merged(name.Split('|')[0]);

        var weight = merged.Weights.Apply(key, merged.Part.Stored.Open(key), CPU, ScalarType.Float32);

        using var expected = Recorded.OpenTensor(name);
        Assert.InRange(Fixture.RelativeError(weight.narrow(0, 0, expected.shape[0]), expected), 0, 1e-5);
        weight.Dispose();
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Sample_WithAMerge_GivesTheRecordedLatent(string name)
    {
        using var scope = NewDisposeScope();

        var sampled = KSampler.Sample(Merged(name), new KSamplerSettings(42, 5, 5, "euler", "karras"), small.Positive, small.Negative, new LatentImage(zeros(1, 4, 8, 8)));

        using var expected = Recorded.OpenTensor(name);
        Assert.InRange(Golden.RelativeError(sampled, expected), 0, 1e-3);
    }

    [Theory]
    [InlineData("clipB", 0f)]
    [InlineData("CLIPMergeSimple_0.4", 0.4f)]
    public void Encode_WithAMerge_GivesTheRecordedStates(string name, float ratio)
    {
        using var scope = NewDisposeScope();
        var clip = Load("").Clip!.Merge(Load("#b").Clip!, new MergeShares(1 - ratio, ratio));

        var states = clip.Encode("a red car").Cond;

        using var expected = Recorded.OpenTensor(name);
        Assert.InRange(Fixture.RelativeError(states[TensorIndex.Ellipsis, TensorIndex.Slice(step: KeptFeature)], expected), 0, 1e-4);
    }

    private DiffusionModel Merged(string name)
    {
        var (a, b) = (Load("").Model, Load("#b").Model);
        if (name == "modelB") return b;
        if (name == "blocks") a = a.Merge(b, new MergeShares(0.7f, 0.3f)); // the recorded weights were read with the merge before still on them
        if (name.Contains("locks", StringComparison.Ordinal)) return a.Merge(b, [("input", 0.8f), ("middle", 0.3f), ("out", 0.1f)]);
        var ratio = float.Parse(name.Split('_')[1], CultureInfo.InvariantCulture);
        return a.Merge(b, new MergeShares(1 - ratio, ratio));
    }

    private LoadedCheckpoint Load(string salt) =>
        new CheckpointLoader(_memory).Load(salt.Length == 0 ? GeneratedFiles.PathOf("sd15-tiny") : Manifests.PathOf("sd15-tiny", salt));
}
