using Farm.Engine.Adapters;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Saving;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Engine.Weights;
using Farm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Saving;

/// <summary>What a saved model holds, against the files it was loaded from.</summary>
[Collection(nameof(Measured))]
public sealed class ModelExportTests : IDisposable
{
    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _memory.Dispose();
    }

    [Theory]
    [InlineData("sd15-tiny")]
    [InlineData("sdxl-tiny")]
    public void Of_AnUnchangedCheckpoint_IsTheFile(string name)
    {
        var path = name == "sd15-tiny" ? GeneratedFiles.PathOf(name) : Manifests.PathOf(name);
        using var file = SafetensorsFile.Open(path);
        var loaded = new CheckpointLoader(_memory).Load(path);

        var saved = ModelExport.Of(loaded.Model, loaded.Clip!, loaded.Vae!);

        var known = file.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        Assert.Equal(known.Keys.Order(StringComparer.Ordinal), saved.Select(tensor => tensor.Info.Name).Order(StringComparer.Ordinal));
        Assert.All(saved, tensor => Assert.Equal((known[tensor.Info.Name].Type, known[tensor.Info.Name].ShapeText), (tensor.Info.Type, tensor.Info.ShapeText)));
        foreach (var tensor in saved.Where(tensor => tensor.Info.Name.Contains(".in_proj_", StringComparison.Ordinal) || tensor.Info.Name.Contains("projection", StringComparison.Ordinal) || tensor.Info.Name.EndsWith("final_layer_norm.weight", StringComparison.Ordinal)))
        {
            using var value = tensor.Open();
            using var stored = file.OpenTensor(tensor.Info.Name);
            Assert.True(Fixture.Same(value, stored), tensor.Info.Name);
        }
    }

    [Fact]
    public void Of_AModelWithAnAdapter_HasTheChangedWeights()
    {
        const string layer = "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight";
        var plain = new CheckpointLoader(_memory).Load(GeneratedFiles.PathOf("sd15-tiny")).Model;
        var changed = AdapterFile.Open(Manifests.PathOf("lora-tiny")).ApplyTo(plain, 1);

        var saved = ModelExport.Of(changed).ToDictionary(tensor => tensor.Info.Name, StringComparer.Ordinal);

        using var weight = saved["model.diffusion_model." + layer].Open();
        using var stored = plain.Part.Stored.Open(layer);
        using var expected = changed.Weights.Apply(layer, stored, CPU, stored.dtype);
        Assert.True(Fixture.Same(weight, expected));
        Assert.False(Fixture.Same(weight, stored));
    }

    [Fact]
    public void Of_ATextSide_IsAFileOfTransformersLayoutForEachEncoder()
    {
        var clip = new CheckpointLoader(_memory).Load(Manifests.PathOf("sdxl-tiny")).Clip!;

        var files = ModelExport.Of(clip);

        Assert.Equal(["l", "g"], files.Select(file => file.Encoder));
        Assert.All(files, file => Assert.Contains(file.Tensors, tensor => tensor.Info.Name == "text_model.encoder.layers.0.self_attn.q_proj.weight"));
        Assert.Contains(files[1].Tensors, tensor => tensor.Info.Name == "text_projection.weight");
    }

    [Fact]
    public void Facts_OfAVelocityModel_MarkIt()
    {
        var model = new CheckpointLoader(_memory).Load(GeneratedFiles.PathOf("sd15-tiny")).Model;
        var velocity = model with { Sampling = ModelSampling.Discrete(Prediction.V, zeroTerminalSnr: true) };

        Assert.Empty(ModelFacts.Marks(model));
        Assert.Equal("epsilon", ModelFacts.Metadata(model, "a")["modelspec.predict_key"]);
        Assert.Equal(["v_pred", "ztsnr"], ModelFacts.Marks(velocity).Select(mark => mark.Info.Name));
        Assert.Equal("v", ModelFacts.Metadata(velocity, "a")["modelspec.predict_key"]);
        Assert.False(ModelFacts.Metadata(model, "a").ContainsKey("modelspec.architecture"));
    }

    [Fact]
    public void Facts_OfSdxl_NameItsArchitecture() => Assert.Equal(
        "stable-diffusion-xl-v1-base", ModelFacts.Metadata(new CheckpointLoader(_memory).Load(Manifests.PathOf("sdxl-tiny")).Model, "merged")["modelspec.architecture"]);

    [Fact]
    public void Write_ToAStream_ReadsBack()
    {
        var path = Path.Combine(Path.GetTempPath(), $"saved-{Guid.NewGuid():N}.safetensors");
        try
        {
            using (var stream = File.Create(path))
            {
                SafetensorsWriter.Write(
                    stream,
                    [new(new TensorInfo("a", ScalarType.Float16, [2, 3]), () => arange(6).reshape(2, 3).to(ScalarType.Float16)), new(new TensorInfo("v_pred", ScalarType.Float32, [0]), () => zeros(0))],
                    new Dictionary<string, string> { ["prompt"] = "{\"1\": {}}" });
            }

            using var file = SafetensorsFile.Open(path);
            Assert.Equal("{\"1\": {}}", file.Metadata["prompt"]);
            Assert.Equal([0f, 1, 2, 3, 4, 5], file.OpenTensor("a").to(ScalarType.Float32).flatten().data<float>().ToArray());
            Assert.Equal([0], file.OpenTensor("v_pred").shape);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Write_OfATensorThatIsNotAsAnnounced_SaysWhich()
    {
        SavedTensor[] tensors = [new(new TensorInfo("a", ScalarType.Float32, [3]), () => zeros(2))];

        var error = Assert.Throws<WeightsFormatException>(() => SafetensorsWriter.Write(new MemoryStream(), tensors, new Dictionary<string, string>()));

        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
    }
}
