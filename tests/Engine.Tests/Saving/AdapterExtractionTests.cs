using Farm.Engine.Adapters;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Merging;
using Farm.Engine.Models.UNet;
using Farm.Engine.Saving;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Saving;

/// <summary>Adapters taken out of the difference of a model with an adapter and the same without.</summary>
[Collection(nameof(Measured))]
public sealed class AdapterExtractionTests : IDisposable
{
    private const string Layer = "input_blocks.1.1.transformer_blocks.0.attn1.to_q";

    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly DiffusionModel _plain;
    private readonly DiffusionModel _changed;
    private readonly DiffusionModel _difference;

    public AdapterExtractionTests()
    {
        _plain = new CheckpointLoader(_memory).Load(GeneratedFiles.PathOf("sd15-tiny")).Model;
        _changed = AdapterFile.Open(Manifests.PathOf("keystyle-generic-tiny")).ApplyTo(_plain, 1);
        _difference = _changed.Merge(_plain, new MergeShares(-1, 1));
    }

    public void Dispose()
    {
        _scope.Dispose();
        _memory.Dispose();
    }

    [Theory]
    [InlineData(null, 0.02)]
    [InlineData(16, 0.2)] // its largest values are cut
    public void Of_AChangedWeight_GivesTheChangeBack(int? rank, double tolerance)
    {
        var saved = new AdapterExtraction(rank, keepsBiases: true).Of(_difference.Part, Layer + ".weight");

        var source = new MemorySource();
        foreach (var tensor in saved) source.Add(tensor.Info.Name, tensor.Open());
        var patch = new AdapterFile(source.Dict).Fit(_plain.Part, soleEncoder: false, 1)!;
        var stored = _plain.Part.Stored.Open(Layer + ".weight");
        var wanted = _changed.Weights.Apply(Layer + ".weight", stored, CPU, ScalarType.Float32) - stored.to(ScalarType.Float32);
        var got = patch.Apply(Layer + ".weight", stored.to(ScalarType.Float32)) - stored.to(ScalarType.Float32);
        Assert.InRange(Fixture.RelativeError(got, wanted), 0, tolerance);
        Assert.Equal(rank is null ? 1 : 2, saved.Count);
        Assert.All(saved, tensor => Assert.Equal(ScalarType.Float16, tensor.Info.Type));
    }

    [Fact]
    public void Of_AWeightThatIsTheSame_IsNothing() =>
        Assert.Empty(new AdapterExtraction(8, keepsBiases: true).Of(_plain.Merge(_plain, new MergeShares(-1, 1)).Part, Layer + ".weight"));

    [Fact]
    public void Of_ABias_IsKeptWhereWanted()
    {
        const string bias = "time_embed.0.bias";

        Assert.Equal(["diffusion_model.time_embed.0.diff_b"], new AdapterExtraction(8, keepsBiases: true).Of(_plain.Part, bias).Select(tensor => tensor.Info.Name));
        Assert.Empty(new AdapterExtraction(8, keepsBiases: false).Of(_plain.Part, bias));
    }
}
