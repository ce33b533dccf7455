using Farm.Engine.Adapters;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Engine.Tests.Sampling;
using Farm.Engine.Weights;
using Farm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Adapters;

/// <summary>Adapter files in every layout and key style on the small checkpoint, against recordings of ComfyUI 0.19.3 (Fixtures/ORIGIN.md).</summary>
[Collection(nameof(Measured))]
public sealed class AdapterTests(SmallModel small) : IClassFixture<SmallModel>
{
    private const string Native = "diffusion_model.";

    private static readonly SafetensorsFile Recorded = SafetensorsFile.Open(Path.Combine(AppContext.BaseDirectory, "Adapters", "Fixtures", "adapters.safetensors"));

    public static TheoryData<string> Weights => [.. Recorded.Tensors.Select(tensor => tensor.Name).Where(name => name.Contains('|', StringComparison.Ordinal))];

    public static TheoryData<string> Runs => [.. Recorded.Tensors.Select(tensor => tensor.Name).Where(name => !name.Contains('|', StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Weights))]
    public void Apply_ToAWeight_GivesTheRecordedOne(string name)
    {
        using var scope = NewDisposeScope();
        var key = name.Split('|')[1][Native.Length..];
        var patch = Patch(name.Split('|')[0]);
        var part = Model().Part;
        var weight = part.Stored.Open(key).to(ScalarType.Float32);

        var changed = patch is not null && patch.Covers(key) ? patch.Apply(key, weight) : weight;

        using var expected = Recorded.OpenTensor(name);
        Assert.InRange(Fixture.RelativeError(changed.narrow(0, 0, expected.shape[0]), expected), 0, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Sample_WithAnAdapter_GivesTheRecordedLatent(string name)
    {
        using var scope = NewDisposeScope();
        using var memory = new ModelMemory(CPU);
        var model = Model(memory).With(Patch(name)!);

        var sampled = KSampler.Sample(model, new KSamplerSettings(42, 5, 5, "euler", "karras"), small.Positive, small.Negative, new LatentImage(zeros(1, 4, 8, 8)));

        using var expected = Recorded.OpenTensor(name);
        Assert.InRange(Golden.RelativeError(sampled, expected), 0, 1e-3);
    }

    [Fact]
    public void With_APatch_LeavesTheOthersWeightsAndTheirTensorsAlone()
    {
        using var scope = NewDisposeScope();
        using var memory = new ModelMemory(CPU);
        var plain = Model(memory);
        var changed = plain.With(Patch("lora-tiny@0.5") ?? throw new InvalidOperationException("the file fits the model"));
        var inputs = new ModelInputs(zeros(1, 77, 768), Y: null);

        using var before = plain.Predict(ones(1, 4, 8, 8), tensor([1f]), inputs);
        using var other = changed.Predict(ones(1, 4, 8, 8), tensor([1f]), inputs);
        using var after = plain.Predict(ones(1, 4, 8, 8), tensor([1f]), inputs);

        Assert.True(Fixture.Same(before, after));
        Assert.InRange(Fixture.RelativeError(other, before), 1e-3, 10);
        Assert.Equal(2, memory.Residents.Count);
    }

    /// <summary>A stack adds up: W + Δ of the one + Δ of the other, whichever comes first.</summary>
    [Theory]
    [InlineData("lora-tiny@0.5", "loha-tiny@0.8")]
    [InlineData("loha-tiny@0.8", "lora-tiny@0.5")]
    public void With_TwoAdaptersOnOneWeight_IsTheSumOfTheirChanges(string first, string second)
    {
        using var scope = NewDisposeScope();
        var part = Model().Part;
        var (a, b) = (Patch(first)!, Patch(second)!);
        var key = part.Stored.Names.Order(StringComparer.Ordinal).First(name => a.Covers(name) && b.Covers(name));
        var weight = part.Stored.Open(key).to(ScalarType.Float32);
        var (one, other) = (a.Apply(key, weight.clone()) - weight, b.Apply(key, weight.clone()) - weight);

        var stacked = Model().With(a).With(b).Weights.Apply(key, part.Stored.Open(key), CPU, ScalarType.Float32);

        Assert.InRange(Fixture.RelativeError(one, weight), 0.1, 10); // each does something
        Assert.InRange(Fixture.RelativeError(stacked, weight + one + other), 0, 1e-6);
        stacked.Dispose();
    }

    private static IWeightPatch? Patch(string name)
    {
        var at = name.Split('@');
        var strength = float.Parse(at[1], System.Globalization.CultureInfo.InvariantCulture);
        return AdapterFile.Open(Manifests.PathOf(at[0])).Fit(Model().Part, soleEncoder: true, strength);
    }

    private static DiffusionModel Model(ModelMemory? memory = null) => new CheckpointLoader(memory ?? new ModelMemory(CPU)).Load(GeneratedFiles.PathOf("sd15-tiny")).Model;
}
