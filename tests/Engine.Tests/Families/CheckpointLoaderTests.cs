using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Engine.Text;
using Farm.Engine.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Families;

/// <summary>Whole files: what is found in them, what their parts give (recordings: Fixtures/ORIGIN.md), what is said of those that are not models.</summary>
[Collection(nameof(Measured))]
public sealed class CheckpointLoaderTests : IDisposable
{
    private const double Tolerance = 1e-4;
    private const string ShortText = "a photo of a cat";
    private const string WeightedText = "a photo of a cat, (masterpiece:1.2), ((best quality)), [lowres]";

    private static readonly string LongText = $"long {string.Concat(Enumerable.Repeat("very ", 90))}long prompt that spans two chunks";

    private readonly string _folder = Directory.CreateTempSubdirectory("farm-families-").FullName;
    private readonly ModelMemory _memory = new(CPU);

    private CheckpointLoader Loader => new(_memory);

    public void Dispose()
    {
        _memory.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Load_SD15_IsRecognisedWithoutLoadingAnything()
    {
        var before = LiveTensors.Count();

        var checkpoint = Loader.Load(GeneratedFiles.PathOf("sd15-tiny"));

        Assert.Equal("SD1.x", checkpoint.Family);
        Assert.Same(Prediction.Eps, checkpoint.Model.Sampling.Prediction);
        Assert.Equal(LatentFormats.SD15, checkpoint.Model.LatentFormat);
        Assert.Equal((4, 8), (checkpoint.Vae!.LatentChannels, checkpoint.Vae.Downscale));
        Assert.Null(checkpoint.Remark);
        Assert.Empty(_memory.Residents);
        Assert.Equal(0, Tensor.TotalCount - before);
    }

    [Theory]
    [InlineData(0, ShortText)]
    [InlineData(1, WeightedText)]
    [InlineData(2, null)]
    public void Encode_RecordedText_EqualsRecording(int index, string? text)
    {
        using var scope = NewDisposeScope();
        using var recorded = Fixture.Open("sd15-clip.safetensors");

        var encoding = Clip().Encode(text ?? LongText);

        Assert.InRange(Fixture.RelativeError(encoding.Cond, recorded.OpenTensor($"cond{index}")), 0, Tolerance);
        Assert.InRange(Fixture.RelativeError(encoding.Pooled, recorded.OpenTensor($"pooled{index}")), 0, Tolerance);
    }

    [Fact]
    public void Encode_WithLastLayerMinusTwo_EqualsRecording()
    {
        using var scope = NewDisposeScope();
        using var recorded = Fixture.Open("sd15-clip.safetensors");

        var encoding = Clip().WithLastLayer(-2).Encode(WeightedText);

        Assert.InRange(Fixture.RelativeError(encoding.Cond, recorded.OpenTensor("cond_skip2")), 0, Tolerance);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-25)]
    public void WithLastLayer_OutOfRange_SaysTheRange(int layer) =>
        Assert.Contains("-24 to -1", Assert.Throws<ArgumentOutOfRangeException>(() => Clip().WithLastLayer(layer)).Message, StringComparison.Ordinal);

    /// <summary>A vector that equals a word's own gives the word's encoding.</summary>
    [Fact]
    public void Encode_EmbeddingOfAWordsOwnVector_EqualsTheWord()
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(GeneratedFiles.PathOf("sd15-tiny"));
        var cat = file.OpenTensor("cond_stage_model.transformer.text_model.embeddings.token_embedding.weight").narrow(0, 2368, 1).to(ScalarType.Float32);
        var clip = new CheckpointLoader(_memory, embeddings: new CatEmbedding(cat)).Load(GeneratedFiles.PathOf("sd15-tiny")).Clip!;

        var named = clip.Encode("a photo of a embedding:felis");

        Assert.InRange(Fixture.RelativeError(named.Cond, clip.Encode(ShortText).Cond), 0, 1e-6);
    }

    [Fact]
    public void Encode_LeavesNoTensorButItsResult()
    {
        var clip = Clip();
        clip.Encode(WeightedText).Dispose();
        var before = LiveTensors.Count();

        clip.Encode(WeightedText).Dispose();

        Assert.Equal(0, Tensor.TotalCount - before);
    }

    [Fact]
    public void Predict_EqualsRecordingAndLeavesNoTensor()
    {
        using var scope = NewDisposeScope();
        using var recorded = Fixture.Open("sd15-unet.safetensors");
        var model = Loader.Load(GeneratedFiles.PathOf("sd15-tiny")).Model;
        using var hold = model.Hold();
        var (x, timesteps, inputs) = (recorded.OpenTensor("x"), recorded.OpenTensor("timesteps"), new ModelInputs(recorded.OpenTensor("context"), Y: null));
        var before = LiveTensors.Count();

        using (var eps = model.Predict(x, timesteps, inputs))
        using (var expected = recorded.OpenTensor("eps"))
            Assert.InRange(Fixture.RelativeError(eps, expected), 0, Tolerance);

        Assert.Equal(0, Tensor.TotalCount - before);
    }

    [Theory]
    [InlineData("sd15-tiny")]
    [InlineData("vae-sd15")]
    public void LoadVae_CheckpointOrFileOfItsOwn_DecodesAndEncodes(string name)
    {
        using var scope = NewDisposeScope();
        using var recorded = Fixture.Open("sd15-vae.safetensors");
        var vae = Loader.LoadVae(GeneratedFiles.PathOf(name));

        var image = vae.Decode(recorded.OpenTensor("z"));
        var latent = vae.Encode(recorded.OpenTensor("image"));

        if (name == "sd15-tiny") Assert.InRange(Fixture.RelativeError(image, recorded.OpenTensor("image")), 0, Tolerance);
        if (name == "sd15-tiny") Assert.InRange(Fixture.RelativeError(latent, recorded.OpenTensor("reencoded")), 0, Tolerance);
        Assert.Equal([1, 128, 128, 3], image.shape);
        Assert.Equal([1, 4, 16, 16], latent.shape);
    }

    /// <summary>19×21 pixels with alpha become 16×16 around the centre: rows 1…16, columns 2…17.</summary>
    [Fact]
    public void Encode_SizeNotInCellsAndAlpha_IsCroppedAroundTheCentre()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var vae = Loader.LoadVae(GeneratedFiles.PathOf("vae-sd15"));
        var image = rand(2, 19, 21, 4, generator: generator);

        var whole = vae.Encode(image);
        var cropped = vae.Encode(image.narrow(1, 1, 16).narrow(2, 2, 16).narrow(3, 0, 3));

        Assert.Equal([2, 4, 2, 2], whole.shape);
        Assert.True(Fixture.Same(whole, cropped));
    }

    [Fact]
    public void Load_WithoutTextModelInKeys_FindsTheEncoder()
    {
        using var scope = NewDisposeScope();
        var path = Rewritten("old.safetensors", name => name.Replace("transformer.text_model.", "transformer.", StringComparison.Ordinal));

        var encoding = Loader.Load(path).Clip!.Encode(ShortText);

        using var recorded = Fixture.Open("sd15-clip.safetensors");
        Assert.InRange(Fixture.RelativeError(encoding.Cond, recorded.OpenTensor("cond0")), 0, Tolerance);
    }

    [Fact]
    public void Load_MarkedVPrediction_IsSampledSo()
    {
        using var marker = zeros(1);
        var path = Rewritten("v.safetensors", name => name.StartsWith("model.", StringComparison.Ordinal) ? name : null, KeyValuePair.Create("v_pred", marker));

        var checkpoint = Loader.Load(path);

        Assert.Same(Prediction.V, checkpoint.Model.Sampling.Prediction);
        Assert.Null(checkpoint.Clip);
        Assert.Null(checkpoint.Vae);
    }

    [Fact]
    public void Load_UnknownLayout_SaysWhatWasSeen()
    {
        var error = Assert.Throws<WeightsFormatException>(() => Loader.Load(Farm.Testing.Manifests.PathOf("t2i-xl-tiny")));

        Assert.Equal(
            "t2i-xl-tiny.safetensors: no known model family has such tensors (known: SD1.x, SD2.x, SDXL, SDXL refiner); the file has 38 tensors, mostly Float16, under body (36), conv_in (2)",
            error.Message);
    }

    [Fact]
    public void Load_TensorMissing_NamesFileAndTensor()
    {
        const string gone = "model.diffusion_model.middle_block.0.out_layers.3.weight";
        var path = Rewritten("cut.safetensors", name => name == gone ? null : name);

        var error = Assert.Throws<WeightsFormatException>(() => Loader.Load(path));

        Assert.Equal($"cut.safetensors: the tensor '{gone}' is missing", error.Message);
    }

    [Fact]
    public void Load_TensorMisshapen_NamesItsShape()
    {
        const string name = "model.diffusion_model.out.0.weight";
        using var wrong = zeros(320, 1);
        var path = Rewritten("bent.safetensors", known => known == name ? null : known, KeyValuePair.Create(name, wrong));

        var error = Assert.Throws<WeightsFormatException>(() => Loader.Load(path));

        Assert.Equal($"bent.safetensors: the tensor '{name}' has the shape [320, 1]; 1 dimensions are needed", error.Message);
    }

    /// <summary>Sizes that no layer can check alone come out in the pass, as an error that can be caught.</summary>
    [Theory]
    [InlineData("model.diffusion_model.middle_block.0.out_layers.3.weight", new long[] { 640, 639, 3, 3 })]
    [InlineData("model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_v.weight", new long[] { 320, 700 })]
    [InlineData("model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight", new long[] { 321, 320 })]
    [InlineData("model.diffusion_model.input_blocks.1.1.norm.weight", new long[] { 7 })]
    [InlineData("model.diffusion_model.time_embed.2.weight", new long[] { 1280, 12 })]
    public void Predict_SizesThatDisagree_FailsAndTheProcessLives(string name, long[] shape)
    {
        using var scope = NewDisposeScope();
        var unet = Rewritten("odd.safetensors", known => known == name || !known.StartsWith("model.", StringComparison.Ordinal) ? null : known, KeyValuePair.Create(name, zeros(shape)));
        var model = Loader.Load(unet).Model;

        Assert.ThrowsAny<Exception>(() => model.Predict(zeros(1, 4, 8, 8), zeros(1), new ModelInputs(zeros(1, 77, 768), Y: null)));
    }

    [Fact]
    public void LoadVae_NoVae_SaysWhatWasSeen()
    {
        var error = Assert.Throws<WeightsFormatException>(() => Loader.LoadVae(Fixture.PathOf("sd15-clip.safetensors")));

        Assert.Contains("no VAE whose keys are known", error.Message, StringComparison.Ordinal);
        Assert.Contains("7 tensors, mostly Float32", error.Message, StringComparison.Ordinal);
    }

    private ITextEncoder Clip() => Loader.Load(GeneratedFiles.PathOf("sd15-tiny")).Clip!;

    /// <summary>The small checkpoint with names changed, or left out where the new name is null, and a tensor added.</summary>
    private string Rewritten(string fileName, Func<string, string?> rename, params KeyValuePair<string, Tensor>[] added)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(GeneratedFiles.PathOf("sd15-tiny"));
        var path = Path.Combine(_folder, fileName);
        var kept = file.Tensors.Select(info => (info.Name, New: rename(info.Name))).Where(item => item.New is not null);
        SafetensorsWriter.Write(path, [.. kept.Select(item => KeyValuePair.Create(item.New!, file.OpenTensor(item.Name))), .. added]);
        return path;
    }

    private sealed class CatEmbedding(Tensor vector) : ITextEmbeddings
    {
        public Tensor? Find(string name, string encoder, long width) => name == "felis" ? vector : null;
    }
}
