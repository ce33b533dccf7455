using Farm.Engine.Families;
using Farm.Engine.Generated;
using Farm.Engine.Memory;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Families;

/// <summary>What files of real size are recognised as, by their headers alone.</summary>
[Collection(nameof(Measured))]
public sealed class DetectionTests : IDisposable
{
    private const string TellingBias = SparseCheckpoint.UNet + "output_blocks.11.1.transformer_blocks.0.norm1.bias";

    private static readonly Dictionary<string, float[]> NoMarks = [];

    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-sparse-").FullName;

    public void Dispose()
    {
        _scope.Dispose();
        _memory.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Load_SdxlBase_IsKnown() => CheckXl(Load(SparseCheckpoint.Sdxl.Tensors(SparseCheckpoint.UNet), NoMarks), LatentFormats.SDXL);

    /// <summary>Blocks in each attention at most, and whether there is a middle: SSD-1B and KOALA have none, Vega is shallower.</summary>
    [Theory]
    [InlineData(4, false)]
    [InlineData(2, true)]
    [InlineData(5, false)]
    public void Load_DistilledFromSdxl_IsSdxlOfFewerBlocks(int depth, bool hasMiddle)
    {
        var tensors = SparseCheckpoint.Distilled(SparseCheckpoint.Sdxl.Tensors(SparseCheckpoint.UNet), depth, hasMiddle);

        CheckXl(Load(tensors, NoMarks), LatentFormats.SDXL);
    }

    [Fact]
    public void Load_Refiner_IsKnownAndTakesTheScore()
    {
        var checkpoint = Load(SparseCheckpoint.Refiner.Tensors(SparseCheckpoint.UNet), NoMarks);

        Assert.Equal("SDXL refiner", checkpoint.Family);
        Assert.Equal(LatentFormats.SDXL, checkpoint.Model.LatentFormat);
        Assert.Same(Prediction.Eps, checkpoint.Model.Sampling.Prediction);
        Assert.Equal([1, 2560], checkpoint.Model.Rules.Vector(new VectorSources(zeros(1, 1280), 1024, 1024))!.shape);
    }

    [Theory]
    [InlineData(2048)]
    [InlineData(1536)]
    public void Load_UnClip_IsSd2ThatTakesImages(int vector)
    {
        // Velocities are told by the deviation of one bias, 0.09: half of these values lie 0.2 apart.
        var marks = new Dictionary<string, float[]> { [TellingBias] = [.. Enumerable.Range(0, 320).Select(i => i % 2 * 0.2f)] };

        var checkpoint = Load(SparseCheckpoint.UnClip(vector).Tensors(SparseCheckpoint.UNet), marks);

        Assert.Equal("SD2.x", checkpoint.Family);
        Assert.Equal(LatentFormats.SD15, checkpoint.Model.LatentFormat);
        Assert.Same(Prediction.V, checkpoint.Model.Sampling.Prediction);
        var without = checkpoint.Model.Rules.Vector(new VectorSources(zeros(1, 1024), 768, 768))!;
        Assert.Equal([1, vector], without.shape);
        Assert.Equal(0, without.abs().max().item<float>());
        var with = checkpoint.Model.Rules.Vector(new VectorSources(zeros(1, 1024), 768, 768) { Images = [new ImagePrompt(ones(1, vector / 2), 1, 0)] })!;
        Assert.Equal([1, vector], with.shape);
        Assert.NotEqual(0, with.abs().max().item<float>());
    }

    /// <summary>EDM with the deviation of its data 0.5 (arXiv 2206.00364): x0 = x·σd²/(σ²+σd²) + v·σσd/√(σ²+σd²), levels 0.002 to 80.</summary>
    [Fact]
    public void Load_Playground_IsEdmOverNormalisedLatents()
    {
        var checkpoint = Load(SparseCheckpoint.Sdxl.Tensors(SparseCheckpoint.UNet), new Dictionary<string, float[]> { ["edm_mean"] = new float[4], ["edm_std"] = new float[4] });

        CheckXl(checkpoint, LatentFormats.Playground25);
        CheckRange(checkpoint, 0.002f, 80);
        Assert.Equal(3 * 0.25f / 4.25f + 5 * 2 * 0.5f / MathF.Sqrt(4.25f), X0(checkpoint, x: 3, output: 5, sigma: 2), 1e-5f);
    }

    /// <summary>Velocities over the levels that the file names, σd = 1: x0 = x/(σ²+1) − v·σ/√(σ²+1).</summary>
    [Theory]
    [InlineData(120f, 0.03f)]
    [InlineData(24.6f, null)]
    public void Load_EdmVelocity_TakesTheFilesLevels(float most, float? least)
    {
        var marks = new Dictionary<string, float[]> { ["edm_vpred.sigma_max"] = [most] };
        if (least is { } named) marks["edm_vpred.sigma_min"] = [named];

        var checkpoint = Load(SparseCheckpoint.Sdxl.Tensors(SparseCheckpoint.UNet), marks);

        CheckXl(checkpoint, LatentFormats.SDXL);
        CheckRange(checkpoint, least ?? 0.002f, most);
        Assert.True(checkpoint.Model.Sampling.Prediction.IsVelocity);
        Assert.Equal(3 / 5f - 5 * 2 / MathF.Sqrt(5), X0(checkpoint, x: 3, output: 5, sigma: 2), 1e-5f);
    }

    /// <summary>With <c>ztsnr</c> the last level is that of ᾱ = 4.8973e-8, what 2305.08891's zero is replaced with: √((1−ᾱ)/ᾱ) = 4518.8.</summary>
    [Theory]
    [InlineData(false, 14.6146)]
    [InlineData(true, 4518.8)]
    public void Load_MarkedVelocities_IsDiscreteWithOrWithoutATerminalOfNoise(bool zeroTerminal, double most)
    {
        var marks = new Dictionary<string, float[]> { ["v_pred"] = [0] };
        if (zeroTerminal) marks["ztsnr"] = [0];

        var checkpoint = Load(SparseCheckpoint.Sdxl.Tensors(SparseCheckpoint.UNet), marks);

        CheckXl(checkpoint, LatentFormats.SDXL);
        Assert.Same(Prediction.V, checkpoint.Model.Sampling.Prediction);
        Assert.Equal(zeroTerminal, Assert.IsType<DiscreteSigmas>(checkpoint.Model.Sampling.Table).IsZeroTerminal);
        Assert.Equal(most, checkpoint.Model.Sampling.Table.SigmaMax, most * 1e-4);
    }

    private static void CheckXl(LoadedCheckpoint checkpoint, LatentFormat format)
    {
        Assert.Equal("SDXL", checkpoint.Family);
        Assert.Equal(format, checkpoint.Model.LatentFormat);
        Assert.Equal([1, 2816], checkpoint.Model.Rules.Vector(new VectorSources(zeros(1, 1280), 1024, 1024))!.shape);
        Assert.Null(checkpoint.Model.Rules.Concat(new ConcatSources(zeros(1, 4, 8, 8), format)));
    }

    private static void CheckRange(LoadedCheckpoint checkpoint, float least, float most)
    {
        var table = Assert.IsType<EdmSigmas>(checkpoint.Model.Sampling.Table);
        Assert.Equal(least, table.SigmaMin, least * 1e-5f);
        Assert.Equal(most, table.SigmaMax, most * 1e-5f);
    }

    private static float X0(LoadedCheckpoint checkpoint, float x, float output, float sigma) =>
        checkpoint.Model.Sampling.Prediction.Denoised(tensor(x), tensor(output), sigma).item<float>();

    private LoadedCheckpoint Load(IEnumerable<GeneratedTensor> tensors, IReadOnlyDictionary<string, float[]> marks)
    {
        var path = Path.Combine(_folder, "sparse.safetensors");
        SparseCheckpoint.Write(path, tensors, marks);
        return new CheckpointLoader(_memory).Load(path);
    }
}
