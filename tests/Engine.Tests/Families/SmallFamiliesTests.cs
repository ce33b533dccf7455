using Farm.Engine.Families;
using Farm.Engine.Generated;
using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Saving;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Families;

/// <summary>Families without recordings on small networks of their layout, 64 channels wide: held against themselves and against networks that must equal them.</summary>
[Collection(nameof(Measured))]
public sealed class SmallFamiliesTests : IDisposable
{
    private const int Width = 64;
    private const string Middle = SparseCheckpoint.UNet + "middle_block.";

    private static readonly GeneratedUNet Refiner = new([1, 2], Blocks: 1, Depth: [0, 1], MiddleDepth: 1, Context: 1280, Vector: 2560, LinearProjection: true, Base: Width);
    private static readonly GeneratedUNet Sdxl = new([1, 2], Blocks: 1, Depth: [0, 2], MiddleDepth: 1, Context: 2048, Vector: 2816, LinearProjection: true, Base: Width);

    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-small-").FullName;

    public void Dispose()
    {
        _scope.Dispose();
        _memory.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Predict_Refiner_FollowsTextAndScoreAndKeepsRowsApart()
    {
        var model = Load("refiner", Refiner.Tensors(SparseCheckpoint.UNet));
        var (pooled, low, high) = (Random(1, 1280), 2.5, 6.0);
        var (x, text) = (Random(2, 4, 8, 8), Random(2, 77, 1280));
        var vectors = cat([Vector(low), Vector(high)], 0);

        var both = Predict(model, x, text, vectors);

        Assert.Equal([2, 4, 8, 8], both.shape);
        Assert.True(both.isfinite().all().item<bool>());
        Assert.InRange(Fixture.RelativeError(both.narrow(0, 0, 1), Predict(model, x.narrow(0, 0, 1), text.narrow(0, 0, 1), Vector(low))), 0, 1e-5);
        Assert.InRange(Fixture.RelativeError(both.narrow(0, 1, 1), Predict(model, x.narrow(0, 1, 1), text.narrow(0, 1, 1), Vector(high))), 0, 1e-5);
        Assert.InRange(Fixture.RelativeError(both, Predict(model, x, text, vectors.flip(0))), 1e-4, 10);
        Assert.InRange(Fixture.RelativeError(both, Predict(model, x, text.flip(0), vectors)), 1e-4, 10);

        Tensor Vector(double score) => model.Rules.Vector(new VectorSources(pooled, 1024, 1024) { AestheticScore = score })!;
    }

    [Fact]
    public void Predict_Refiner_WithTextOfAnotherFamily_SaysTheWidth()
    {
        var model = Load("refiner", Refiner.Tensors(SparseCheckpoint.UNet));

        var error = Assert.Throws<ArgumentException>(() => Predict(model, Random(1, 4, 8, 8), Random(1, 77, 2048), Random(1, 2560)));

        Assert.Contains("1280 wide", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A middle whose outputs are zero adds nothing to the stream: the network is the one that has no middle, as SSD-1B's.</summary>
    [Fact]
    public void Predict_WithoutAMiddle_IsTheNetworkWhoseMiddleAddsNothing()
    {
        var whole = Load("whole", Sdxl.Tensors(SparseCheckpoint.UNet));
        var without = Load("without", SparseCheckpoint.Distilled(Sdxl.Tensors(SparseCheckpoint.UNet), depth: 2, hasMiddle: false));
        var idle = Load("idle", Sdxl.Tensors(SparseCheckpoint.UNet).Select(tensor => IsMiddlesOutput(tensor.Name) ? tensor with { Scale = 0, Offset = 0 } : tensor));

        CheckSameButNot(without, idle, whole);
    }

    /// <summary>The same for the last transformer block of each attention.</summary>
    [Fact]
    public void Predict_WithFewerTransformerBlocks_IsTheNetworkWhoseLastOnesAddNothing()
    {
        var whole = Load("deep", Sdxl.Tensors(SparseCheckpoint.UNet));
        var without = Load("shallow", SparseCheckpoint.Distilled(Sdxl.Tensors(SparseCheckpoint.UNet), depth: 1, hasMiddle: true));
        var idle = Load("deep-idle", Sdxl.Tensors(SparseCheckpoint.UNet).Select(tensor => IsSecondBlocksOutput(tensor.Name) ? tensor with { Scale = 0, Offset = 0 } : tensor));

        CheckSameButNot(without, idle, whole);
    }

    /// <summary>The file's marks say that its latents are normalised and its output is EDM's (x0 of <see cref="DetectionTests"/>): a saved one has them again.</summary>
    [Fact]
    public void Save_Playground_IsPlaygroundWhenLoaded()
    {
        var playground = Load("playground", [.. Sdxl.Tensors(SparseCheckpoint.UNet), new("edm_mean", [4], 1, 0), new("edm_std", [4], 1, 0)]);
        var path = Path.Combine(_folder, "saved.safetensors");
        using (var stream = File.Create(path)) SafetensorsWriter.Write(stream, [.. ModelExport.Of(playground), .. ModelFacts.Marks(playground)], new Dictionary<string, string>());
        using var file = SafetensorsFile.Open(path);

        var saved = new CheckpointLoader(_memory).LoadDiffusion(path);

        Assert.Equal(LatentFormats.Playground25, saved.LatentFormat);
        Assert.True(saved.Sampling.Prediction.IsEdm);
        Assert.Equal((playground.Sampling.Table.SigmaMin, playground.Sampling.Table.SigmaMax), (saved.Sampling.Table.SigmaMin, saved.Sampling.Table.SigmaMax));
        Assert.Equal(LatentFormats.Playground25.Mean, file.OpenTensor("edm_mean").data<float>().ToArray());
        Assert.Equal(LatentFormats.Playground25.Deviation, file.OpenTensor("edm_std").data<float>().ToArray());
        Assert.Empty(ModelFacts.Marks(playground with { LatentFormat = LatentFormats.SDXL }));
    }

    private void CheckSameButNot(DiffusionModel model, DiffusionModel same, DiffusionModel other)
    {
        var (x, text, vector) = (Random(1, 4, 8, 8), Random(1, 77, 2048), Random(1, 2816));

        var actual = Predict(model, x, text, vector);

        Assert.InRange(Fixture.RelativeError(actual, Predict(same, x, text, vector)), 0, 1e-6);
        Assert.InRange(Fixture.RelativeError(actual, Predict(other, x, text, vector)), 1e-3, 10);
    }

    private static bool IsMiddlesOutput(string name) => name.StartsWith(Middle, StringComparison.Ordinal) && (name.Contains(".out_layers.3.", StringComparison.Ordinal) || name.Contains(".proj_out.", StringComparison.Ordinal));

    private static bool IsSecondBlocksOutput(string name) =>
        name.Contains(".transformer_blocks.1.", StringComparison.Ordinal) && (name.Contains(".to_out.0.", StringComparison.Ordinal) || name.Contains(".ff.net.2.", StringComparison.Ordinal));

    private DiffusionModel Load(string name, IEnumerable<GeneratedTensor> tensors)
    {
        var path = Path.Combine(_folder, name + ".safetensors");
        GeneratedCheckpoints.WriteTensors([.. tensors], path);
        return new CheckpointLoader(_memory).Load(path).Model;
    }

    private static Tensor Predict(DiffusionModel model, Tensor x, Tensor text, Tensor vector) =>
        model.Predict(x, full(x.shape[0], 500f), new ModelInputs(text, vector));

    private static Tensor Random(params long[] shape)
    {
        using var random = new Generator(5);
        return randn(shape, generator: random);
    }
}
